from kamlib.course import build
from kamlib.grading.nbgrader_course import release
from kamlib.words import Words
def test_x(tiny_course):
    for a in build.artefacts(tiny_course, release): print(a.path.relative_to(tiny_course.root) if a.path.is_relative_to(tiny_course.root) else a.path, len(a.data))
    print([Words('en').say(m) for m in build.translation_problems(tiny_course) if 'kamlib.po' not in Words('en').say(m)])
