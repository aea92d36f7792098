@echo off
rem Starts the workbook: finds Python 3.11 or newer, then does the rest in app\bootstrap.py.
rem No Chinese in this file: the command window reads it in a code page of its own.
setlocal
chcp 65001 >nul 2>nul
set PYTHONUTF8=1
pushd "%~dp0" || goto :nofolder
if not exist "app\bootstrap.py" goto :notunpacked

py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 (
  py -3 app\bootstrap.py %*
  goto :ended
)
for %%P in (python3.13 python3.12 python3.11 python3 python) do (
  %%P -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
  if not errorlevel 1 (
    %%P app\bootstrap.py %*
    goto :ended
  )
)
type "app\no-python.txt"
pause
popd
exit /b 1

:ended
set KAM_RESULT=%errorlevel%
if not "%KAM_RESULT%"=="0" pause
popd
exit /b %KAM_RESULT%

:notunpacked
echo.
echo   Unpack the zip file first: right-click it, choose "Extract All", then start this file again.
pause
popd
exit /b 1

:nofolder
echo.
echo   This folder cannot be opened. Copy the workbook to your own computer and start it there.
pause
exit /b 1
