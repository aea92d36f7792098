"""The verb of trainees: `kam submit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamlib.cli.console import fail, out, plainly, say
from kamlib.words import Words, message

submit_app = typer.Typer()


@submit_app.command()
@plainly
def submit(
    unit: Annotated[str, typer.Argument(help="The exercise, as in 01_am_types.")] = "",
    workbook: Annotated[
        Path | None, typer.Option(help="The workbook's folder, unless you are in it.")
    ] = None,
) -> None:
    """Make the file to hand in, as the button on the start page does."""
    from kamlib.forms import handin
    from kamlib.forms.identity import read_identity
    from kamlib.forms.place import here
    from kamlib.items.answers import NotSaved

    root = handin.workbook(workbook or Path.cwd())
    units = [unit] if unit else handin.units_answered(root)
    if len(units) != 1:
        raise handin.NotHandedIn(
            message("Say which exercise to hand in: {units}.", units=units)
            if units
            else message("Nothing was handed in: there is no answer in this workbook yet.")
        )
    lang = read_identity(root).lang or here(root / "start.ipynb").lang
    words = Words(lang)
    try:
        left = handin.still_open(root, units[0], lang)
        again = handin.look_again(root, units[0], lang)
        made = handin.build_hand_in(root, units[0])
    except NotSaved as error:
        raise fail([error.message], words) from None
    for one in left:
        out.print(f"○ {handin.say_open(one, words)}", markup=False)
    if again:
        say(message("Look at these once more: each may be a person’s name."), words)
    for found in again:
        say(found.said, words, "?")
    out.print(f"✓ {made.path}", markup=False)
    for sentence in handin.what_now(made, root):
        say(sentence, words)
