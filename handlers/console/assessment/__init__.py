"""年度考核 at the desk: cycles and their days, the review, marks, objections, exits, a team's progress."""
