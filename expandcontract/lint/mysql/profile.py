"""The two servers, as far as they differ in what they read and what they accept."""

from enum import StrEnum

from expandcontract.model.value import value


class Server(StrEnum):
    """Which of the two; the spelling is what `--dialect` takes."""

    MYSQL = "mysql"
    MARIADB = "mariadb"


@value(kw_only=True)
class Profile:
    """One server and the releases that the facts hold for."""

    server: Server
    releases: str
    number: int
    """The release as a versioned comment spells it: 80400 for 8.4.0."""

    @property
    def title(self) -> str:
        """The server's name as people write it."""
        return "MySQL" if self.server is Server.MYSQL else "MariaDB"

    def runs(self, version: int | None, *, maria_only: bool) -> bool:
        """Whether the server runs what stands in a comment such as `/*!50100 .. */`.

        MariaDB takes the numbers 50700 to 99999 for MySQL's own and passes them over.
        """
        if self.server is Server.MYSQL:
            return not maria_only and (version is None or version <= self.number)
        if version is None:
            return True
        return version <= self.number and not 50700 <= version <= 99999  # noqa: PLR2004


MYSQL = Profile(server=Server.MYSQL, releases="8.0 from 8.0.29, and 8.4", number=80400)
MARIADB = Profile(server=Server.MARIADB, releases="10.11", number=101100)
PROFILES = {profile.server: profile for profile in (MYSQL, MARIADB)}
