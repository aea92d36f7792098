"""The instructor's page in a notebook: one cohort, live where somebody can click, else plain."""

from __future__ import annotations

from pathlib import Path

from kamlib.course.syllabus import CourseError
from kamlib.forms.output import Output, sentence
from kamlib.forms.panel import Asked, Host, Page, Reply, live, page_html
from kamlib.forms.place import interactive, notebook_path
from kamlib.grading.cohort import CohortError, open_cohort
from kamlib.grading.office import State
from kamlib.grading.office import page as office_page
from kamlib.grading.office_actions import ACTIONS
from kamlib.grading.pipeline import Graded, look
from kamlib.grading.report import ReportError
from kamlib.grading.second import moderations
from kamlib.items.answers import AnswersError
from kamlib.words import Message, Words, message


class Office(Host):
    """One cohort's page; reads the cohort anew before everything it shows or does."""

    def __init__(self, root: Path) -> None:
        """Take the cohort's folder; raises `CohortError` where it is none."""
        self.root = root
        self.lang: str = open_cohort(root).settings.instructor_lang
        self._graded: Graded | None = None

    def state(self) -> State:
        """Return how the cohort stands."""
        cohort = open_cohort(self.root)
        if self._graded is None:
            self._graded = look(cohort)
        try:
            apart = moderations(cohort)
        except CohortError:
            apart = []  # nothing was drawn for a second marker
        return State(cohort, self._graded, self.lang, tuple(apart))

    def page(self) -> Page:
        """Return the page as it is now."""
        self._graded = None
        return office_page(self.state())

    def choose(self, lang: str) -> None:
        """Show the page in another language from now on."""
        self.lang = lang

    def act(self, asked: Asked) -> Reply:
        """Do one thing; whatever goes wrong is a reply with a sentence."""
        words = Words(self.lang)
        self._graded = None
        try:
            action = ACTIONS.get(asked.action)
            if action is None:
                return Reply(
                    [words.say(message("The page is out of date; load it again."))], bad=True
                )
            return action(self.state(), asked)
        except (CohortError, AnswersError, ReportError) as error:
            return Reply([words.say(error.message)], bad=True)
        except CourseError as error:
            return Reply([words.say(problem) for problem in error.problems], bad=True)
        except Exception as error:
            # whatever it is, an instructor reads a sentence and goes on
            return Reply([words.say(_unexpected(error))], bad=True)


def _unexpected(error: Exception) -> Message:
    return message(
        "This did not work ({what}). What was marked and handed in is untouched. Try it again; if it "
        "happens again, use the kam command, which says more.",
        what=type(error).__name__,
    )


def office(notebook: Path | None = None) -> Output:
    """Show the page of the cohort that the notebook lies in; never raises."""
    try:
        host = Office((notebook or notebook_path()).parent)
        page = host.page()
        return Output(page.title, page_html(page), live(host) if interactive() else None)
    except CohortError as error:
        return sentence(error.message)
    except Exception as error:
        return sentence(_unexpected(error))
