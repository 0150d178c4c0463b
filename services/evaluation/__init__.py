"""What people say of a service: evaluation both ways and by those served, complaints."""
