"""Makes what the workbook needs once, then opens it; asks for nothing but Python itself."""

# Read by any Python from 3.8 on, so that an old one ends in a sentence; standard library only.

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, TextIO

NEEDED = (3, 11)
APP = Path(__file__).resolve().parent
WORKBOOK = APP.parent
LOCK = "requirements-trainee.lock"

WORDS = {
    "hello": ("Key account management workbook", "大客户管理训练手册"),
    "old": (
        "This is Python {found}; the workbook needs Python 3.11 or newer.\n"
        "Windows: install “Python 3.12” from the Microsoft Store; no administrator rights needed.\n"
        "macOS: get it from www.python.org/downloads. Linux: install python3.12 and python3.12-venv.\n"
        "Then start the workbook again.",
        "这是 Python {found}，练习册需要 Python 3.11 或更新的版本。\n"
        "Windows：从 Microsoft Store 安装“Python 3.12”，不需要管理员权限。\n"
        "macOS：从 www.python.org/downloads 下载。Linux：安装 python3.12 和 python3.12-venv。\n"
        "然后重新启动练习册。",
    ),
    "first": (
        "First start: getting what the workbook needs. This takes some minutes, only once.",
        "第一次启动：正在准备练习册所需的程序，需要几分钟，只此一次。",
    ),
    "renew": (
        "This is a new edition: bringing its programs up to date. Your answers stay.",
        "这是新版本：正在更新所需的程序。您的作答会保留。",
    ),
    "elsewhere": (
        "The workbook's folder cannot hold programs, so they go to: {folder}",
        "练习册的文件夹里不能存放程序，所以放在：{folder}",
    ),
    "room": ("Step 1 of 3: making room", "第 1 步，共 3 步：建立运行环境"),
    "getting": ("Step 2 of 3: getting the parts", "第 2 步，共 3 步：获取所需的部件"),
    "progress": ("  {done} of about {total} parts", "  已取得 {done} 个，共约 {total} 个"),
    "unpacking": (
        "Step 3 of 3: unpacking them; a minute or two",
        "第 3 步，共 3 步：安装这些部件，约一两分钟",
    ),
    "ready": ("Ready.", "准备好了。"),
    "opening": (
        "Opening the workbook in your browser. Keep this window open; closing it ends the workbook.",
        "正在浏览器中打开练习册。请不要关闭这个窗口；关掉它就会结束练习册。",
    ),
    "address": (
        "If no page opens, copy this address into your browser:",
        "如果没有打开网页，请把这个地址复制到浏览器：",
    ),
    "already": (
        "The workbook is open already; here is its page.",
        "练习册已经打开了，这就是它的页面。",
    ),
    "ended": (
        "The workbook is closed. Your answers are saved.",
        "练习册已关闭，您的作答已经保存。",
    ),
    "stopped": (
        "Stopped. Start the workbook again to go on.",
        "已停止。要继续，请重新启动练习册。",
    ),
    "rights": (
        "No right to write in {folder}. Copy the workbook into a folder of your own, such as in your documents, and start it there.",
        "没有写入 {folder} 的权限。请把练习册复制到您自己的文件夹（例如“文档”），在那里启动。",
    ),
    "full": (
        "The disk is full: the workbook needs about 1 GB. Delete what you no longer need and start again.",
        "磁盘已满：练习册大约需要 1 GB 空间。请删除不再需要的文件，然后重新启动。",
    ),
    "internet": (
        "No way to the internet, which the first start needs. Connect and start again.\n"
        "In a company with a proxy, ask IT for its address and set HTTPS_PROXY, as in\n"
        "  Windows: setx HTTPS_PROXY http://proxy.example.com:8080   (then open a new window)\n"
        "  macOS and Linux: export HTTPS_PROXY=http://proxy.example.com:8080\n"
        "Or ask your trainer for the edition with all parts inside, which needs no internet.",
        "连不上互联网，而第一次启动需要它。请联网后重新启动。\n"
        "如果公司使用代理服务器，请向 IT 部门询问地址，并设置 HTTPS_PROXY，例如\n"
        "  Windows：setx HTTPS_PROXY http://proxy.example.com:8080   （然后打开新窗口）\n"
        "  macOS 和 Linux：export HTTPS_PROXY=http://proxy.example.com:8080\n"
        "也可以向培训师索取包含全部部件、不需要联网的版本。",
    ),
    "proxy": (
        "The company's proxy refused the way to the internet. Ask IT whether HTTPS_PROXY is right\n"
        "(now: {proxy}), and whether it wants a name and password: http://name:password@address:port.",
        "公司的代理服务器拒绝了连接。请向 IT 部门确认 HTTPS_PROXY 是否正确（现在是：{proxy}），\n"
        "以及是否需要用户名和密码：http://用户名:密码@地址:端口。",
    ),
    "certificate": (
        "The connection was not trusted, as where a company inspects it. Ask IT for its certificate\n"
        "file and set PIP_CERT to where it lies, then start again.",
        "连接不受信任，公司检查网络流量时会这样。请向 IT 部门索取证书文件，\n"
        "把 PIP_CERT 设为它的位置，然后重新启动。",
    ),
    "damaged": (
        "A part arrived damaged or changed, so it was not installed. Start again; if it happens again, tell your trainer.",
        "有一个部件在下载中损坏或被改动，所以没有安装。请重新启动；如果还是这样，请告诉培训师。",
    ),
    "lacking": (
        "The folder of parts (app/wheels) lacks one that this computer needs. Connect to the internet,\n"
        "rename the folder app/wheels and start again, or tell your trainer what kind of computer this is.",
        "部件文件夹（app/wheels）缺少这台电脑需要的部件。请联网，把文件夹 app/wheels 改名后重新启动，\n"
        "或者告诉培训师这是什么样的电脑。",
    ),
    "nowheel": (
        "There is no ready-made part for this computer and Python {found}. Install Python 3.12 and start again.",
        "没有适合这台电脑和 Python {found} 的现成部件。请安装 Python 3.12，然后重新启动。",
    ),
    "novenv": (
        "This Python cannot make an environment. Linux: install the package python3-venv. Else: install Python 3.12 anew. Then start again.",
        "这个 Python 无法建立运行环境。Linux：请安装软件包 python3-venv；其他系统：请重新安装 Python 3.12。然后重新启动。",
    ),
    "unknown": (
        "Something went wrong. Start again; if it happens again, send your trainer the file {log}",
        "出了问题。请重新启动；如果还是这样，请把文件 {log} 发给培训师",
    ),
    "broken": (
        "The workbook is not complete: {file} is missing. Unpack the zip file again, over this folder; your answers stay.",
        "练习册不完整：缺少 {file}。请把 zip 文件重新解压到这个文件夹；您的作答会保留。",
    ),
    "server": (
        "The workbook could not be opened (see {log}). Start again; if it happens again, restart the computer.",
        "练习册没能打开（见 {log}）。请重新启动；如果还是这样，请重启电脑。",
    ),
}


class Stop(Exception):
    """The start ends here, with a sentence of `WORDS` and what fills its braces."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


def say(name: str, **values: object) -> None:
    """Print a sentence in both languages."""
    for text in WORDS[name]:
        print(text.format(**values), flush=True)


def edition() -> dict[str, Any]:
    """Return what app/edition.json says, and the files that the environment is made from."""
    for name in ("edition.json", LOCK):
        if not (APP / name).is_file():
            raise Stop("broken", file="app/" + name)
    found: dict[str, Any] = json.loads((APP / "edition.json").read_text("utf-8"))
    if not (APP / found["wheel"]).is_file():
        raise Stop("broken", file="app/" + found["wheel"])
    return found


def stamp(found: dict[str, Any], env: Path) -> dict[str, str]:
    """Return what an environment is made from; where it is another, the environment is renewed."""
    lock = hashlib.sha256((APP / LOCK).read_bytes()).hexdigest()
    wheel = hashlib.sha256((APP / found["wheel"]).read_bytes()).hexdigest()
    return {"lock": lock, "wheel": wheel, "env": str(env), "machine": platform.node(), "system": platform.platform()}  # fmt: skip


def user_folder() -> Path:
    """Return a folder of the user's own for this workbook."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    name = hashlib.sha256(str(WORKBOOK).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return Path(base) / "kam_workbook" / name


def can_hold(folder: Path) -> bool:
    """Whether an environment may live in the folder: it can be written, linked in, kept private."""
    if os.name == "nt" and (str(folder).startswith("\\\\") or len(str(folder)) > 100):
        return False  # a network drive, or too deep for the longest path that Windows takes
    probe = folder / ".probe"
    try:
        shutil.rmtree(str(probe), ignore_errors=True)
        probe.mkdir()
        (probe / "file").write_text("x", "utf-8")
        if os.name != "nt":
            (probe / "link").symlink_to("file")
            os.chmod(str(probe / "file"), 0o600)
            return (probe / "file").stat().st_mode & 0o777 == 0o600
        return True
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Stop("full") from None
        return False
    finally:
        shutil.rmtree(str(probe), ignore_errors=True)


def check_answers_can_be_saved() -> None:
    """Raise `Stop` where the workbook's folder cannot be written: a page would open and save nothing."""
    probe = WORKBOOK / ".probe"
    try:
        probe.write_text("x", "utf-8")
        probe.unlink()
    except OSError as error:
        raise Stop("full" if error.errno == errno.ENOSPC else "rights", folder=WORKBOOK) from None


def choose_home() -> Path:
    """Return the folder for programs: app/, else one of the user's own."""
    if can_hold(APP):
        return APP
    home = user_folder()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop("full" if error.errno == errno.ENOSPC else "rights", folder=WORKBOOK) from None
    if not can_hold(home):
        raise Stop("rights", folder=WORKBOOK)
    return home


def python_in(env: Path) -> Path:
    """Return the Python of an environment."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def alive(env: Path) -> bool:
    """Whether the environment's Python still has the Python that it was made from."""
    try:
        text = (env / "pyvenv.cfg").read_text("utf-8")
    except OSError:
        return False
    home = re.search(r"(?m)^home\s*=\s*(.+?)\s*$", text)
    return home is not None and Path(home.group(1)).is_dir() and python_in(env).exists()


def clean_environment(env: Path) -> dict[str, str]:
    """Return the variables of a process in the environment: nothing of another Python's."""
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}  # fmt: skip
    variables["PATH"] = str(python_in(env).parent) + os.pathsep + variables.get("PATH", "")
    variables["VIRTUAL_ENV"] = str(env)
    variables["PYTHONUTF8"] = "1"
    variables["PYTHONNOUSERSITE"] = "1"
    # Else a file named like a module, lying in the workbook, would be run in that module's place.
    variables["PYTHONSAFEPATH"] = "1"
    return variables


def make_ready(home: Path) -> Path:
    """Make or renew the environment unless it is as this edition wants it; return where it is."""
    env, mark = home / "env", home / "ready.json"
    found = edition()
    wanted = stamp(found, env)
    try:
        there = json.loads(mark.read_text("utf-8"))
    except (OSError, ValueError):
        there = {}
    if there == wanted and alive(env):
        return env
    say("renew" if alive(env) and there.get("env") == str(env) else "first")
    if home != APP:
        say("elsewhere", folder=home)
    with open(str(home / "install.log"), "w", encoding="utf-8", errors="replace") as log:
        if mark.exists():
            mark.unlink()
        # What an earlier start has begun is gone on with; what came from another computer is not.
        fresh = not alive(env) or (bool(there) and there.get("env") != str(env))
        if fresh:
            say("room")
            shutil.rmtree(str(env), ignore_errors=True)
            run([sys.executable, "-m", "venv", str(env)], None, log, home)
        same = all(there.get(name) == wanted[name] for name in wanted if name != "wheel")
        install(env, found, log, home, only_ours=same and not fresh)
    mark.write_text(json.dumps(wanted), "utf-8")
    say("ready")
    return env


def install(
    env: Path, found: dict[str, Any], log: TextIO, home: Path, only_ours: bool = False
) -> None:
    """Install what the lock names, by its hashes, unless it is there; and then kamlib itself."""
    pip = [str(python_in(env)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
           "--no-color", "--progress-bar", "off", "--no-deps"]  # fmt: skip
    if not only_ours:
        get_parts(pip, env, log, home)
    wheel = str(APP / found["wheel"])
    run([*pip, "--no-index", "--force-reinstall", wheel], env, log, home)


def get_parts(pip: list[str], env: Path, log: TextIO, home: Path) -> None:
    """Install what the lock names, from app/wheels where there is such a folder."""
    wheels = APP / "wheels"
    source = ["--no-index", "--find-links", str(wheels)] if wheels.is_dir() else []
    total = len(re.findall(r"(?m)^[a-z0-9-]+(?:\[[^\]]*\])?==", (APP / LOCK).read_text("utf-8")))
    say("getting")
    wanted = ["--only-binary", ":all:", "--require-hashes", "-r", str(APP / LOCK)]
    run([*pip, *source, *wanted], env, log, home, total)


def run(command: list[str], env: Path | None, log: TextIO, home: Path, total: int = 0) -> None:
    """Run a step, its output into the log, with progress in plain words; raise `Stop` where it fails."""
    variables = clean_environment(env) if env else dict(os.environ, PYTHONUTF8="1")
    lines: list[str] = []
    done = 0
    try:
        process = subprocess.Popen(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, cwd=str(home),
        )  # fmt: skip
    except OSError as error:
        raise Stop("unknown", log=str(home / "install.log")) from error
    try:
        for raw in process.stdout or ():
            line = raw.decode("utf-8", "replace")
            log.write(line)
            lines.append(line)
            if line.startswith("Ignoring "):
                total -= 1  # for another system
            elif total and line.startswith(("Collecting ", "Processing ", "Requirement already")):
                done += 1
                if done % 20 == 0:
                    say("progress", done=done, total=total)
            elif total and line.startswith("Installing collected"):
                say("unpacking")
        code = process.wait()
    except BaseException:
        process.kill()
        raise
    if code:
        raise why("".join(lines), log, home)


def why(output: str, log: TextIO, home: Path) -> Stop:
    """Return the `Stop` that fits what a failed step has printed."""

    def has(*signs: str) -> bool:
        return any(sign.lower() in output.lower() for sign in signs)

    if has("No space left", "Errno 28", "WinError 112", "Disk quota"):
        return Stop("full")
    if has("ensurepip is not", "No module named venv", "No module named ensurepip", "No module named pip", "ensurepip', '--upgrade"):  # fmt: skip
        return Stop("novenv")
    if has("DO NOT MATCH THE HASHES", "Hashes are required"):
        return Stop("damaged")
    if has("Tunnel connection failed", "Proxy Authentication", "Cannot connect to proxy"):
        proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "-"
        return Stop("proxy", proxy=re.sub(r"//[^@/]*@", "//***@", proxy))
    if has("CERTIFICATE_VERIFY_FAILED", "SSLError", "SSLCertVerification"):
        return Stop("certificate")
    if has("Failed to establish a new connection", "NameResolution", "getaddrinfo", "ConnectTimeout",
           "Read timed out", "Connection refused", "Network is unreachable", "Connection aborted",
           "Connection reset", "ProxyError", "IncompleteRead"):  # fmt: skip
        return Stop("internet")
    if has("Permission denied", "Access is denied", "Errno 13", "WinError 5", "Read-only file"):
        return Stop("rights", folder=home)
    if has("No matching distribution", "Could not find a version"):
        if (APP / "wheels").is_dir():
            return Stop("lacking")
        return Stop("internet" if "from versions: none" in output else "nowheel", found=platform.python_version())  # fmt: skip
    log.flush()
    return Stop("unknown", log=str(home / "install.log"))


def jupyter_folders(home: Path) -> dict[str, str]:
    """Return the variables that keep Jupyter's settings of this workbook to itself."""
    own = home / "jupyter"
    found = {
        "JUPYTER_CONFIG_DIR": own / "config",
        "JUPYTER_DATA_DIR": own / "data",
        "JUPYTER_RUNTIME_DIR": own / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": own / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": own / "workspaces",
        "IPYTHONDIR": own / "ipython",
    }
    for path in found.values():
        path.mkdir(parents=True, exist_ok=True)
    return {name: str(path) for name, path in found.items()}


def language() -> str:
    """Return the language that was chosen in the workbook, else the workbook's own."""
    for name in ("me.json", "kam.json"):
        try:
            lang = json.loads((WORKBOOK / name).read_text("utf-8")).get("lang")
        except (OSError, ValueError, AttributeError):
            continue
        if lang in ("en", "zh"):
            return str(lang)
    return "en"


def running(runtime: str) -> str:
    """Return the address of this workbook where it is open already, else an empty text."""
    for path in sorted(Path(runtime).glob("jpserver-*.json")):
        try:
            server = json.loads(path.read_text("utf-8"))
            if Path(server["root_dir"]) != WORKBOOK:
                continue
            address = "{}api/contents/start.ipynb?content=0&token={}".format(
                server["url"], server["token"]
            )
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(address, timeout=3) as answer:
                if answer.status == 200:
                    return "{}notebooks/start.ipynb?token={}".format(server["url"], server["token"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return ""


SETTINGS = """\
import hashlib, json, pathlib, sys
try:
    from kamlib.jupyter.settings import trust, write_user_settings
except ImportError:
    sys.exit(0)
lang, settings, mark, edition, workbook = sys.argv[1:]
write_user_settings(pathlib.Path(settings), lang)
mark, data = pathlib.Path(mark), pathlib.Path(edition).read_bytes()
now = hashlib.sha256(data).hexdigest()
if not mark.exists() or mark.read_text() != now:
    packed = {pathlib.Path(workbook, name): wanted for name, wanted in json.loads(data)["notebooks"].items()}
    trust([path for path, wanted in packed.items()
           if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == wanted])
    mark.write_text(now)
"""
"""Run in the environment: the language of Jupyter's own menus, and trust in what was packed."""


def open_workbook(env: Path, home: Path, browser: bool, port: int) -> int:
    """Start the workbook and stay until it is closed; return the exit code."""
    variables = clean_environment(env)
    variables.update(jupyter_folders(home))
    address = running(variables["JUPYTER_RUNTIME_DIR"])
    if address:
        say("already")
        print(address, flush=True)
        if browser:
            import webbrowser

            webbrowser.open(address)
        return 0
    python = str(python_in(env))
    log = home / "server.log"
    with open(str(log), "w", encoding="utf-8", errors="replace") as kept:
        prepare = [
            python, "-c", SETTINGS, language(), variables["JUPYTERLAB_SETTINGS_DIR"],
            str(home / "jupyter" / "trusted"), str(APP / "edition.json"), str(WORKBOOK),
        ]  # fmt: skip
        subprocess.call(prepare, env=variables, stdout=kept, stderr=kept)
        command = [
            python, "-m", "notebook", str(WORKBOOK / "start.ipynb"),
            "--ServerApp.ip=127.0.0.1", "--ServerApp.port=" + str(port),
            "--ServerApp.port_retries=200", "--ServerApp.root_dir=" + str(WORKBOOK),
            "--ServerApp.open_browser=" + str(bool(browser)),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--ServerApp.allow_root=True")  # a room's server may know no other user
        process = subprocess.Popen(
            command, env=variables, cwd=str(WORKBOOK), stdout=kept, stderr=kept,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for _ in range(600):
                if process.poll() is not None:
                    raise Stop("server", log=str(log))
                address = running(variables["JUPYTER_RUNTIME_DIR"])
                if address:
                    break
                time.sleep(0.1)
            say("opening")
            say("address")
            print("  " + address, flush=True)
            process.wait()
        except KeyboardInterrupt:
            pass
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
    say("ended")
    return 0


def interrupted(number: int, frame: object) -> None:
    """End as with Ctrl-C, so that the server ends too."""
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Check, install, open; return the exit code."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the last where a window is closed
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupted)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = argparse.ArgumentParser(description=WORDS["hello"][0])
    options.add_argument("--check", action="store_true", help="install, then stop")
    options.add_argument("--no-browser", action="store_true", help="do not open the browser")
    options.add_argument("--port", type=int, default=8888, help="the first port to try")
    chosen = options.parse_args(arguments)
    say("hello")
    try:
        if sys.version_info < NEEDED:
            raise Stop("old", found=platform.python_version())
        if not (WORKBOOK / "start.ipynb").is_file():
            raise Stop("broken", file="start.ipynb")
        check_answers_can_be_saved()
        home = choose_home()
        env = make_ready(home)
        if chosen.check:
            return 0
        return open_workbook(env, home, not chosen.no_browser, chosen.port)
    except Stop as stop:
        print(flush=True)
        say(stop.name, **stop.values)
    except OSError as error:
        print(flush=True)
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1)):
            say("full")
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            say("rights", folder=APP)
        else:
            print(error, flush=True)
            say("unknown", log=str(APP / "install.log"))
    except KeyboardInterrupt:
        print(flush=True)
        say("stopped")
    return 1


if __name__ == "__main__":
    sys.exit(main())
