"""The viewer of `--format explore`; the only importer of textual."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Tree
from textual.widgets.tree import TreeNode

from luma_cli.jsontext.parts import decoded, items, members
from luma_cli.output.terminal import visible

_COLORS = {'"': "green", "t": "cyan", "f": "cyan", "n": "dim"}


class Explorer(App[str]):
    """A tree view of a document, which returns the JSON text of the value to print."""

    INLINE_PADDING = 0
    CSS = "Screen, Tree { background: transparent; height: auto; max-height: 100vh; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("right,l", "unfold", "open"),
        Binding("left,h,backspace", "fold", "close"),
        Binding("p", "print", "print and quit"),
        Binding("q,escape,ctrl+c", "quit", "quit"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text.strip()

    def compose(self) -> ComposeResult:
        tree: Tree[str] = Tree("", data=self._text)
        tree.root.set_label(_label("", self._text))
        _fill(tree.root)
        tree.root.expand()
        yield tree
        yield Footer()

    @property
    def tree_view(self) -> Tree[str]:
        return self.query_one(Tree)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[str]) -> None:
        _fill(event.node)

    def action_move(self, lines: int) -> None:
        self.tree_view.move_cursor_to_line(self.tree_view.cursor_line + lines)

    def action_unfold(self) -> None:
        node = self.tree_view.cursor_node
        if node is not None and node.allow_expand:
            node.expand()

    def action_fold(self) -> None:
        """Close the container under the cursor, or move to its parent."""
        node = self.tree_view.cursor_node
        if node is None:
            return
        if node.is_expanded and node.allow_expand:
            node.collapse()
        elif node.parent is not None:
            self.tree_view.move_cursor(node.parent)

    def action_print(self) -> None:
        node = self.tree_view.cursor_node
        self.exit(node.data if node is not None else None)


def explore(text: str) -> str | None:
    """Show `text` until the user quits; return the JSON text of the value to print, if any."""
    return Explorer(text).run(inline=True)


def _fill(node: TreeNode[str]) -> None:
    """Add the entries of a container, only when it is opened, for large documents."""
    value = node.data or ""
    if node.children:
        return
    if value.startswith("{"):
        entries = [(visible(decoded(key)), inner) for key, inner in members(value)]
    else:
        entries = [(str(index), inner) for index, inner in enumerate(items(value))]
    for label, inner in entries:
        opens = inner[0] in "{[" and inner[1:-1].strip() != ""
        node.add(_label(label, inner), data=inner, allow_expand=opens)


def _label(name: str, value: str) -> Text:
    shown = Text()
    if name:
        shown.append(f"{name}: ", "bold")
    if value[0] == "{":
        shown.append(_count(sum(1 for _ in members(value)), "member"), "dim")
    elif value[0] == "[":
        shown.append(_count(sum(1 for _ in items(value)), "item"), "dim")
    else:
        content = decoded(value) if value[0] == '"' else value
        shown.append(visible(content).replace("\n", "⏎"), _COLORS.get(value[0], "yellow"))
    return shown


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
