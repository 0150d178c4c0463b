"""Who somebody is: WeChat identities, log-ins, registration, and joining two ways in to one person."""
