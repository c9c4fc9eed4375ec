"""What the house rules read: every module of the package, parsed once."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "shali"


@dataclass(frozen=True)
class Module:
    path: Path
    name: str  # below src/shali, as a message shows it
    room: str  # "verification", "foundation/tasks", "engines/linkage", "config"
    layer: str  # "web", "services", "queries", "models", "facts", "tests", ...
    tree: ast.Module

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def public_functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Functions that other modules may call: those of the module itself, without a leading underscore."""
        return (
            node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        )


def _read(path: Path) -> Module:
    parts = path.relative_to(PACKAGE).parts
    deep = parts[0] in {"foundation", "engines"} and len(parts) > 2
    room = "/".join(parts[: 2 if deep else 1]) if len(parts) > 1 else ""
    within = parts[2 if deep else 1 :]
    layer = "tests" if "tests" in within else within[0].removesuffix(".py") if within else ""
    return Module(path, path.relative_to(PACKAGE).as_posix(), room, layer, ast.parse(path.read_text()))


@pytest.fixture(scope="session")
def modules() -> Sequence[Module]:
    """Every module but migrations, which are written once and never edited."""
    return [_read(path) for path in sorted(PACKAGE.glob("**/*.py")) if "migrations" not in path.parts]


@pytest.fixture(scope="session")
def rooms() -> Sequence[Path]:
    """The folder of every room."""
    inside = [PACKAGE / "foundation", PACKAGE / "engines"]
    folders = [*PACKAGE.iterdir(), *(folder for storey in inside for folder in storey.iterdir())]
    return sorted(folder for folder in folders if (folder / "__init__.py").exists() and folder not in inside)


@pytest.fixture(scope="session")
def package() -> Path:
    return PACKAGE
