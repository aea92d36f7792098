"""What the package gives to Jupyter: settings, the clean-up of saved notebooks, the browser's part."""

from __future__ import annotations

import copy
import json
import os
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jupyterlab_server
import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import Config

import kamlib
from kamlib import jupyter
from kamlib.jupyter.hooks import FIGURE, WIDGET, is_ours, strip_widgets
from kamlib.jupyter.settings import LOCALES, trust, user_settings, write_user_settings
from kamlib.words import LANGUAGES

PACKAGE = Path(kamlib.__file__).parent
SHIPPED = {"share": PACKAGE / "jupyter" / "share", "etc": PACKAGE / "jupyter" / "etc"}
FORM = 'from kamlib.forms import form\nform("am_types.vignettes")'
START = "from kamlib.forms import start\nstart()"
ACTIVITY = 'from kamlib.forms import activity\nactivity("case1.negotiation")'
OFFICE = "from kamlib.grading.office_page import office\noffice()"
VIEW = {"model_id": "0", "version_major": 2, "version_minor": 0}


@pytest.mark.parametrize(
    "source",
    [
        FORM,
        START,
        OFFICE,
        f"{FORM}\n",
        f"{START}\n",
        ACTIVITY,
        ACTIVITY.replace(")", ', "case_1b")'),
        ACTIVITY.replace(")", ', "power")'),
    ],
)
def test_our_cells_are_recognised(source: str) -> None:
    """A form and the start page are ours, with or without a last line end."""
    assert is_ours(source)


@pytest.mark.parametrize(
    "source",
    [
        "", f"{FORM}\nprint(1)", f"import os\n{FORM}", FORM.replace('")', '", 1)'), f"{START};x",
        FORM.replace("form(", "form (", 1), FORM.replace('"', "'"), FORM.replace("am_", "../am_"),
        FORM.replace("am_types", "__import__('os').system('x') or am_types"),
        ACTIVITY.replace(")", ', "../x")'), ACTIVITY.replace(")", ", 1)"),
    ],
)  # fmt: skip
def test_nothing_else_is_ours(source: str) -> None:
    """One character more or less, and a cell is somebody's own code."""
    assert not is_ours(source)


def saved(*cells: Any, kam: bool = True) -> dict[str, Any]:
    """Return what the server is about to save."""
    metadata = {"widgets": {"state": {}}, **({"kam": {"kind": "lesson"}} if kam else {})}
    content = new_notebook(cells=list(cells), metadata=metadata)
    return {"type": "notebook", "content": json.loads(json.dumps(content))}


def outputs(model: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the outputs of each cell."""
    return [cell["outputs"] for cell in model["content"]["cells"]]


def test_a_saved_form_is_what_can_be_read() -> None:
    """The question as HTML stays; the reference to a widget, its state and counts go."""
    shown = new_output(
        "execute_result", {WIDGET: VIEW, "text/html": "<p>Q</p>", "text/plain": "Q"},
        execution_count=7,
    )  # fmt: skip
    model = saved(new_code_cell(FORM, outputs=[shown], execution_count=7))
    strip_widgets(model, path="x.ipynb", contents_manager=None)
    ((output,),) = outputs(model)
    assert output["data"] == {"text/html": "<p>Q</p>", "text/plain": "Q"}
    assert output["execution_count"] is None
    assert model["content"]["cells"][0]["execution_count"] is None
    assert "widgets" not in model["content"]["metadata"]
    nbformat.validate(model["content"])


def test_a_saved_form_keeps_no_traceback() -> None:
    """What went wrong in one session is not shown in the next; a trainer's own error is kept."""
    error = new_output("error", ename="E", evalue="", traceback=["x"])
    model = saved(
        new_code_cell(FORM, outputs=[copy.deepcopy(error)]), new_code_cell("1/0", outputs=[error])
    )
    strip_widgets(model)
    form, own = outputs(model)
    assert form == []
    assert [output["output_type"] for output in own] == ["error"]


def test_a_widget_that_says_nothing_without_a_kernel_goes() -> None:
    """A reference with only the name of a Python object beside it leaves nothing."""
    dead = new_output("display_data", {WIDGET: VIEW, "text/plain": "IntSlider(value=0)"})
    model = saved(new_code_cell("IntSlider()", outputs=[dead]))
    strip_widgets(model)
    assert outputs(model) == [[]]


def test_notebooks_of_others_are_saved_as_they_are() -> None:
    """Without `metadata.kam` nothing is changed, and neither is what is no notebook."""
    shown = new_output("display_data", {WIDGET: VIEW, "text/plain": "x"})
    model = saved(new_code_cell(FORM, outputs=[shown]), kam=False)
    before = copy.deepcopy(model)
    strip_widgets(model)
    assert model == before
    for other in ({"type": "file", "content": "kam"}, {"type": "notebook", "content": None}):
        kept = dict(other)
        strip_widgets(other)
        assert other == kept


def server(**settings: Any) -> SimpleNamespace:
    """Return the part of a Jupyter server that extensions are linked to."""
    config = Config({"FileContentsManager": settings})
    found = SimpleNamespace(config=config)
    jupyter._link_jupyter_server_extension(found)
    found.contents_manager = AsyncLargeFileManager(config=config)
    jupyter._load_jupyter_server_extension(found)
    return found


def keep(**_: Any) -> None:
    """Stand for somebody's own hook."""


def test_the_server_calls_the_hook() -> None:
    """The contents manager the server makes by default has the hook, once."""
    manager = server().contents_manager
    assert manager.pre_save_hook is strip_widgets
    assert manager._pre_save_hooks == []


def test_a_hook_of_ones_own_stays() -> None:
    """Who has chosen a hook keeps it and gets ours beside it."""
    manager = server(pre_save_hook=f"{__name__}.keep").contents_manager
    assert manager.pre_save_hook.__name__ == keep.__name__
    assert manager._pre_save_hooks == [strip_widgets]


@pytest.mark.parametrize(("ran", "signed"), [(False, False), (True, True)])
def test_saving_does_not_make_a_figure_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: bool, signed: bool
) -> None:
    """A foreign figure that nobody ran stays untrusted however often its notebook is saved."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    manager = server().contents_manager
    figure = new_code_cell("plot()", metadata={"tags": [FIGURE], "trusted": ran})
    notebook = new_notebook(
        cells=[new_code_cell(FORM, metadata={"trusted": True}), figure],
        metadata={"kam": {"kind": "lesson"}},
    )
    manager.check_and_sign(notebook, "x.ipynb")
    assert manager.notary.check_signature(notebook) is signed
    manager.notary.store.close()


def test_a_file_beside_a_notebook_does_not_stand_for_the_package(tmp_path: Path) -> None:
    """A form works, and a `kamlib.py` and a folder `kamlib` in the notebook's folder are not read."""
    write = "open('canary', 'a').write('read')\n"
    (tmp_path / "kamlib.py").write_text(write, "utf-8")
    (tmp_path / "kamlib").mkdir()
    (tmp_path / "kamlib" / "__init__.py").write_text(write, "utf-8")
    # PYTHONPATH would stand before the notebook's folder and hide what is tested here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    manager, client = start_new_kernel(cwd=str(tmp_path), env=environment)
    try:
        source = "from kamlib.forms import form\nimport kamlib\nprint(kamlib.__file__)"
        heard: list[dict[str, Any]] = []
        reply = client.execute_interactive(source, timeout=60, output_hook=heard.append)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok"
    said = "".join(one["content"].get("text", "") for one in heard)
    assert Path(said.strip()) == PACKAGE / "__init__.py"
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_settings_are_written_where_jupyter_reads_them(tmp_path: Path, lang: str) -> None:
    """Each plugin's file says what is wanted, in the workbook's language."""
    files = write_user_settings(tmp_path, lang)
    assert len(files) == len(user_settings(lang))
    language = "@jupyterlab/translation-extension/plugin.jupyterlab-settings"
    assert json.loads((tmp_path / language).read_text("utf-8")) == {"locale": LOCALES[lang]}


def test_a_trainees_own_settings_stay(tmp_path: Path) -> None:
    """Writing again changes what is ours only; a damaged file is replaced."""
    theirs, damaged = write_user_settings(tmp_path, "en")[:2]
    theirs.write_text('{"mine": 1, "locale": "en"}', "utf-8")
    damaged.write_text("{", "utf-8")
    write_user_settings(tmp_path, "zh")
    assert json.loads(theirs.read_text("utf-8")) == {"mine": 1, "locale": "zh_CN"}
    assert json.loads(damaged.read_text("utf-8")) != {}


def test_a_language_without_settings_is_refused() -> None:
    """A misspelt language is told, not written."""
    with pytest.raises(ValueError, match="no such language"):
        user_settings("fr")


def installed(*parts: str) -> Path:
    """Return where the package's files for Jupyter lie in this environment."""
    return Path(sys.prefix).joinpath(*parts)


def overrides() -> dict[str, dict[str, Any]]:
    """Read what we set for everybody who installs the package."""
    path = SHIPPED["share"] / "jupyter" / "lab" / "settings" / "overrides.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("settings", [overrides(), user_settings("zh")], ids=["all", "trainee"])
def test_jupyter_knows_every_setting(settings: dict[str, dict[str, Any]]) -> None:
    """Each plugin and each of its settings exists in the Jupyter that is installed."""
    schemas = installed("share", "jupyter", "lab", "schemas")
    for plugin, values in settings.items():
        path = schemas / f"{plugin.replace(':', '/')}.json"
        known = json.loads(path.read_text("utf-8"))["properties"]
        for name, value in values.items():
            schema = {key: known[name][key] for key in ("type", "enum") if key in known[name]}
            jupyterlab_server.settings_utils.Validator(schema).validate(value)


def test_what_is_installed_is_what_is_here() -> None:
    """The browser's part and the settings were installed after they were last changed."""
    compared = 0
    for kind, folder in SHIPPED.items():
        for path in filter(Path.is_file, folder.rglob("*")):
            there = installed(kind, *path.relative_to(folder).parts)
            assert there.read_bytes() == path.read_bytes(), f"install the package again: {there}"
            compared += 1
    assert compared == 7


def test_a_wheel_brings_jupyters_files() -> None:
    """The wheel puts both folders where Jupyter looks for them."""
    text = (PACKAGE.parent / "pyproject.toml").read_text("utf-8")
    wheel = tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["shared-data"] == {"kamlib/jupyter/share": "share", "kamlib/jupyter/etc": "etc"}


def test_the_browser_runs_what_is_ours() -> None:
    """The browser's patterns for our cells are those of the clean-up, sign for sign."""
    script = SHIPPED["share"] / "jupyter/labextensions/kam-workbook/static/remoteEntry.js"
    text = script.read_text("utf-8")
    for name in ("FORM", "STAGE", "ACTIVITY", "PAGE"):
        pattern = getattr(jupyter.hooks, f"{name}_CELL")
        assert f"const {name} = /^{pattern.pattern}$/;" in text
    assert f"const FIGURE = '{FIGURE}';" in text


def test_lessons_are_trusted_by_their_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signed notebook is trusted; the same file with a changed cell is not."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    notebook = new_notebook(cells=[new_code_cell("plot()")])
    path = tmp_path / "lesson.en.ipynb"
    nbformat.write(notebook, path)
    trust([path])
    notary = NotebookNotary()
    read = nbformat.read(path, as_version=4)
    assert notary.check_signature(read)
    read.cells[0].source = "something_else()"
    assert not notary.check_signature(read)
    notary.store.close()
