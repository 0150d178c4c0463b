"""A centre calls teams to a place (属地化管理、区域化调度, S43, S44): whom first, who comes, the board."""
