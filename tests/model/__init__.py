import tests.support.properties  # noqa: F401  # for the profile
