"""One run of the program: its settings, client and output, each made when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from luma_cli import PROGRAM
from luma_cli.errors import LumaError
from luma_cli.flags import CommandLine
from luma_cli.host import Host
from luma_cli.settings.declarations import PROFILE
from luma_cli.settings.resolve import CONFIG_FILE_SOURCE, Settings, choose, profile_table

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from luma_cli.api.client import LumaClient
    from luma_cli.api.trace import Trace
    from luma_cli.errors import Exchange
    from luma_cli.journal.history import History
    from luma_cli.output.output import Output
    from luma_cli.workflows.session import Session, UploadRule


class AppContext:
    """The context of commands; workflows get its `session()`."""

    def __init__(self, host: Host, line: CommandLine) -> None:
        self.host = host
        self.line = line
        self._cleanups: list[Callable[[], None]] = []
        self._storage: dict[bool, httpx.Client] = {}
        self._storage_lock = Lock()

    @cached_property
    def config_path(self) -> Path:
        from luma_cli.settings.paths import config_file

        return config_file(self.host.environ)

    @cached_property
    def settings(self) -> Settings:
        """The resolved settings; raises `UsageError` for a bad value or a broken config file."""
        from luma_cli.settings.resolve import resolve

        return resolve(self.line.given, self.host.environ, self.config_document)

    @cached_property
    def config_document(self) -> dict[str, Any]:
        """The parsed config file; raises `ConfigFileError`."""
        from luma_cli.settings.paths import find_config_file, is_missing

        path = find_config_file(self.host.environ)
        if path is None or is_missing(path):
            return {}
        from luma_cli.settings.file import load

        return load(path)

    @property
    def profile(self) -> str:
        """The chosen profile, even while other settings are wrong."""
        chosen = choose(PROFILE, self.line.globals, self.host.environ, self.config_document)
        return str(chosen.value)

    def table_of(self, key: str) -> str | None:
        """Return the profile whose table holds `key`; `None` is the top level.

        Only the top level can have the chosen profile.
        """
        return None if self.profile == PROFILE.default or key == PROFILE.key else self.profile

    @property
    def file_settings(self) -> dict[str, Any]:
        """The values in the config file for the chosen profile."""
        return profile_table(self.config_document, self.profile)

    @cached_property
    def out(self) -> Output:
        """The output, which begins with warnings about the config file."""
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
        from luma_cli.api.failures import STORED_KEY_HINT
        from luma_cli.api.transport import build_client, parse_custom_headers
        from luma_cli.settings.environment import CUSTOM_HEADERS

        settings = self.settings
        headers = parse_custom_headers(self.host.environ.get(CUSTOM_HEADERS.name, ""))
        source = settings.sources["token"]
        is_stored = source == CONFIG_FILE_SOURCE
        key_hint = STORED_KEY_HINT if is_stored else f"set a valid key in {source}"
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
            self._report_exchange,
            self._trace(headers),
            self.host.interrupts,
            self.host.clock,
            key_hint,
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
    def history(self) -> History:
        """The history of this machine, limited to the host and the profile of this run."""
        from luma_cli.journal.account import Account
        from luma_cli.journal.history import History
        from luma_cli.settings.environment import SANDBOX

        settings, environ = self.settings, self.host.environ
        return History(
            environ,
            Account(settings.base_url, settings.profile, environ.get(SANDBOX.name) or None),
            self.out.warning,
            self.host.clock,
            is_kept=settings.history,
            source=settings.sources["history"],
        )

    @property
    def upload_rule(self) -> UploadRule:
        """The rule for uploading local files before the request."""
        from luma_cli.workflows.session import UploadRule

        return UploadRule(self.settings.upload, self.settings.upload_threshold)

    def session(self) -> Session:
        """Return the collaborators of workflows."""
        from luma_cli.workflows.session import Session, SpendingLimits

        settings = self.settings
        return Session(
            api=self.client,
            storage_for=self.storage_for,
            history=self.history,
            reporter=self.out,
            clock=self.host.clock,
            max_retries=settings.max_retries,
            limits=SpendingLimits(settings.max_cost, settings.max_cost_per_day, settings.sources),
            upload_rule=self.upload_rule,
            interrupts=self.host.interrupts,
            command_line=self.command_line,
            at_exit=self.at_exit,
        )

    @property
    def fallback_output(self) -> Output:
        """The output of the commands that fix the settings, which works while these are wrong.

        Raises `UsageError` for a bad value of a flag.
        """
        try:
            return self.out
        except LumaError:
            self._check_typed_settings()
            return self.make_output()

    def _check_typed_settings(self) -> None:
        """Raise `UsageError` for a bad value of a global flag, whatever else is wrong."""
        from luma_cli.settings.resolve import resolve

        given = {name: value for name, value in self.line.given.items() if name != "--profile"}
        resolve(given, {}, {})

    def make_output(self, **style: Any) -> Output:
        """Return an output in a style that does not depend on the settings."""
        from luma_cli.output.output import Output
        from luma_cli.output.style import Style

        host = self.host
        return Output(
            host.stdin, host.stdout, host.stderr, host.environ, Style(**style), host.columns
        )

    def at_exit(self, act: Callable[[], None]) -> None:
        """Call `act` at the end of the run, even after an error."""
        self._cleanups.append(act)

    def close(self) -> None:
        """Call deferred functions, and close the journal and the connections."""
        for act in self._cleanups:
            act()
        if (history := self.__dict__.get("history")) is not None:
            history.close()
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

    def _report_exchange(self, exchange: Exchange) -> None:
        if not self.settings.verbose:
            return
        from luma_cli.output.failure import describe

        self.out.detail(describe(exchange))

    def command_line(self, *words: str) -> str:
        """Return a command line for the account that this one is for.

        It shows `KEY` in place of a key that was typed.
        """
        import shlex

        same: list[str] = []
        for name, value in self.line.globals.items():
            if name in ("--profile", "--base-url", "--auth-token"):
                same += [name, "KEY" if name == "--auth-token" else str(value)]
        return shlex.join([PROGRAM, *same, *words])
