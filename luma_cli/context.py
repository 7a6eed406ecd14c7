"""One run of the program: its settings, client and voice, each made when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, partial
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from luma_cli import PROGRAM
from luma_cli.cli.parser import CommandLine
from luma_cli.errors import LumaError
from luma_cli.host import Host
from luma_cli.settings.declarations import PROFILE
from luma_cli.settings.resolve import CONFIG_FILE_SOURCE, Settings, choose, profile_table

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from luma_cli.api.client import LumaClient
    from luma_cli.api.trace import Trace
    from luma_cli.errors import Exchange
    from luma_cli.journal.journal import Journal
    from luma_cli.output.out import Output


MOST_NAMED = 10


class Unfinished(NamedTuple):
    """Jobs that are still running, and the command line that collects them.

    `left` may shrink and grow while this lives, so that noting the end of one of many costs
    nothing. `way_on_of` makes a sentence with the command, `command_of` the command alone, of the
    ids that are left. `told` is whether the user has seen the ids already.
    """

    left: Collection[str]
    command_of: Callable[[list[str]], str]
    way_on_of: Callable[[list[str]], str]
    told: bool

    @property
    def ids(self) -> list[str]:
        """The jobs that are left."""
        return list(self.left)

    @property
    def command(self) -> str:
        """The command that collects them."""
        return self.command_of(self.ids)

    @property
    def way_on(self) -> str:
        """What to do about them, in words."""
        return self.way_on_of(self.ids)

    @property
    def named(self) -> str:
        """The ids in words; of many, the first."""
        return named(self.left, len(self.left))


def named(ids: Iterable[str], count: int) -> str:
    """Return `gen_1, gen_2`, or `gen_1, … and 990 more` of more ids than anyone would read."""
    shown = ", ".join(islice(ids, MOST_NAMED))
    return f"{shown} and {count - MOST_NAMED:,} more" if count > MOST_NAMED else shown


class AppContext:
    """What a command needs from outside itself.

    `unfinished` is set by a command while an interruption would leave paid work behind;
    `paid` is the job that this run has paid for, whatever became of it since.
    """

    def __init__(self, host: Host, line: CommandLine) -> None:
        self.host = host
        self.line = line
        self.unfinished: Unfinished | None = None
        self.paid: Unfinished | None = None
        self._last_acts: list[Callable[[], None]] = []
        self._storage: dict[bool, httpx.Client] = {}
        self._storage_lock = Lock()
        self._history_is_unusable = False

    @cached_property
    def config_path(self) -> Path:
        from luma_cli.settings.paths import config_file

        return config_file(self.host.environ)

    @cached_property
    def settings(self) -> Settings:
        """The resolved settings; raises `UsageError` for a bad value or a broken config file."""
        from luma_cli.settings.resolve import resolve

        typed = dict(self.line.typed) | self.line.globals
        return resolve(typed, self.host.environ, self.config_document)

    @cached_property
    def config_document(self) -> dict[str, Any]:
        """The parsed config file; raises `ConfigFileError`."""
        from luma_cli.settings.file import load
        from luma_cli.settings.paths import find_config_file

        path = find_config_file(self.host.environ)
        return {} if path is None else load(path)

    @property
    def profile(self) -> str:
        """The chosen profile; known also while other settings are wrong."""
        chosen = choose(PROFILE, self.line.globals, self.host.environ, self.config_document)
        return str(chosen.value)

    def table_of(self, key: str) -> str | None:
        """Return the profile whose table holds `key`; `None` is the top level.

        Which profile is chosen can only stand there.
        """
        return None if self.profile == PROFILE.default or key == PROFILE.key else self.profile

    @property
    def file_settings(self) -> dict[str, Any]:
        """What the config file says for the chosen profile."""
        return profile_table(self.config_document, self.profile)

    @cached_property
    def out(self) -> Output:
        """The run's voice, which first says what is odd about the config file."""
        settings = self.settings
        out = self.make_output(
            format=settings.format,
            format_error=settings.format_error,
            transform=settings.transform,
            transform_error=settings.transform_error,
            raw_output=settings.raw_output,
            quiet=settings.quiet,
            verbose=settings.verbose,
            no_color=settings.no_color,
        )
        for warning in self._config_warnings():
            out.warning(warning)
        return out

    @cached_property
    def client(self) -> LumaClient:
        """The API's client, with the key."""
        from luma_cli.api.client import LumaClient
        from luma_cli.api.transport import build_client, parse_custom_headers
        from luma_cli.settings.environment import CUSTOM_HEADERS

        settings = self.settings
        headers = parse_custom_headers(self.host.environ.get(CUSTOM_HEADERS.name, ""))
        return LumaClient(
            partial(
                build_client,
                secure=settings.base_url.startswith("https:"),
                redirects=False,
                request_timeout=settings.request_timeout,
                transport=self.host.transport,
            ),
            settings.base_url,
            settings.token,
            headers,
            self._heard,
            self._trace(headers),
            self.host.interrupts,
            self.host.clock,
        )

    def storage_for(self, url: str) -> httpx.Client:
        """Return a client for a presigned URL, which never sees the key."""
        from luma_cli.api.transport import build_client

        secure = url.startswith("https:")
        with self._storage_lock:  # several outputs are fetched at once
            if secure not in self._storage:
                self._storage[secure] = build_client(
                    secure=secure,
                    redirects=True,
                    request_timeout=self.settings.request_timeout,
                    transport=self.host.transport,
                    trace=self._trace(()),
                )
            return self._storage[secure]

    @cached_property
    def journal(self) -> Journal:
        """This machine's history, which is made if need be; raises `JournalError`."""
        from luma_cli.journal.account import Account
        from luma_cli.journal.journal import Journal
        from luma_cli.settings.environment import SANDBOX
        from luma_cli.settings.paths import journal_file

        settings, environ = self.settings, self.host.environ
        account = Account(settings.base_url, settings.profile, environ.get(SANDBOX.name) or None)
        return Journal(journal_file(environ), self.out.warning, account, self.host.clock)

    @property
    def history(self) -> Journal | None:
        """The history, if it is kept and there is one by now; what is wrong with it is a warning.

        The first submission of a machine makes it.
        """
        from luma_cli.settings.paths import find_journal_file

        if self._history_is_unusable or not self.settings.history:
            return None
        try:
            path = find_journal_file(self.host.environ)
            return self.journal if path is not None and path.exists() else None
        except (LumaError, OSError, ValueError) as problem:
            self._history_is_unusable = True
            self.out.warning(f"the history cannot be read: {problem}")
        return None

    @property
    def fallback_output(self) -> Output:
        """The voice of the commands that mend the settings: it works while these are wrong."""
        try:
            return self.out
        except LumaError:
            return self.make_output()

    def make_output(self, **style: Any) -> Output:
        """Return an output in a style that the settings need not be known for."""
        from luma_cli.output.out import Output
        from luma_cli.output.style import Style

        host = self.host
        return Output(
            host.stdin, host.stdout, host.stderr, host.environ, Style(**style), host.columns
        )

    def at_the_end(self, act: Callable[[], None]) -> None:
        """Have something done once all else is, whatever came of it."""
        self._last_acts.append(act)

    def close(self) -> None:
        """Do what is left for the end, and close the connections that were opened."""
        for act in self._last_acts:
            act()
        if (client := self.__dict__.get("client")) is not None:
            client.close()
        for http in self._storage.values():
            http.close()

    def _config_warnings(self) -> Iterator[str]:
        if not self.config_document:
            return
        from luma_cli.settings.file import readable_by_others, unknown_keys

        for key in unknown_keys(self.config_document):
            yield f"unknown key `{key}` in {self.config_path}"
        if self.settings.sources["token"] == CONFIG_FILE_SOURCE and readable_by_others(
            self.config_path
        ):
            yield f"other users can read the key: run `chmod 600 {self.config_path}`"

    def _trace(self, own_headers: Iterable[str]) -> Trace | None:
        if not self.settings.debug:
            return None
        from luma_cli.api.trace import Trace

        return Trace(self.out.debug, own_headers)

    def _heard(self, exchange: Exchange) -> None:
        from luma_cli.output.failure import describe

        self.out.detail(describe(exchange))

    def continue_command(self, *words: str) -> str:
        """Return a command line that reaches the same account as this one did.

        A key that was typed is not repeated; `KEY` stands in its place.
        """
        import shlex

        same = [
            f"{name}={'KEY' if name == '--auth-token' else value}"
            for name, value in self.line.globals.items()
            if name in ("--profile", "--base-url", "--auth-token")
        ]
        return shlex.join([PROGRAM, *same, *words])
