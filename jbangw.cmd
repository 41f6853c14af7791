@echo off
rem jbangw.cmd : la porte d'entrée du cours sous Windows ; jbangw, à côté, en dit le détail.
rem COURSE_JDK_DIRS : dossiers où chercher les JDK, séparés par des « ; », à la place des dossiers habituels.
setlocal EnableExtensions DisableDelayedExpansion
for /f "tokens=2 delims=:." %%c in ('chcp') do set "OLD_CODEPAGE=%%c"
chcp 65001 >nul
call :main %*
set "CODE=%ERRORLEVEL%"
chcp %OLD_CODEPAGE% >nul
exit /b %CODE%

:main
set "JAVA_MIN=25"
set "JBANG_VERSION=0.132.1"
set "JBANG_SHA256=f977075849cff866f45b27997f5671ab8a336a5dd3cf9e702b3479128338f3a7"
set "JBANGW=%~f0"
set "COURSE_HOME=%~dp0"
set "COURSE_HOME=%COURSE_HOME:~0,-1%"
set "CATALOG=%COURSE_HOME%\jbang-catalog.json"
if "%~1"=="" goto :list
for %%h in (help aide -h --help) do if "%~1"=="%%h" goto :list

rem --- Un JDK 25 ou plus récent : JAVA_HOME, PATH, puis les dossiers habituels ---
set "JDK="
if defined JAVA_HOME call :try_jdk "%JAVA_HOME%"
if not defined JDK for /f "delims=" %%j in ('where java 2^>nul') do if not defined JDK call :try_jdk "%%~dpj.."
if not defined JDK if defined COURSE_JDK_DIRS (
    for %%d in ("%COURSE_JDK_DIRS:;=" "%") do call :search_jdk "%%~d"
) else (
    for %%d in (Java "Eclipse Adoptium" Microsoft Zulu "Amazon Corretto" BellSoft Semeru) do call :search_jdk "%ProgramFiles%\%%~d"
    call :search_jdk "%USERPROFILE%\.jdks"
    call :search_jdk "%USERPROFILE%\.jbang\cache\jdks"
    call :search_jdk "%USERPROFILE%\.jbang"
    for /d %%d in ("%USERPROFILE%\scoop\apps\*jdk*") do call :search_jdk "%%~d"
)
if not defined JDK (
    echo jbangw : aucun JDK %JAVA_MIN% ou plus récent sur cette machine. Installez-en un, par exemple « winget install EclipseAdoptium.Temurin.25.JDK », ouvrez un nouveau terminal, puis relancez la commande. 1>&2
    exit /b 1
)
set "JAVA_HOME=%JDK%"
set "PATH=%JDK%\bin;%PATH%"

rem Le noyau d'un paquet pip se lance ainsi : le JDK trouvé, et rien du cours.
if "%~1"=="java" goto :java

rem --- jbang : une version fixée, gardée dans le cache de l'utilisateur ---
set "JBANG_NO_VERSION_CHECK=true"
set "JBANG_RUNTIME_SHELL=cmd"
set "CACHE=%LOCALAPPDATA%\jbangw"
set "JAR=%CACHE%\jbang-cli-%JBANG_VERSION%-all.jar"
call :check_jar "%JAR%"
if errorlevel 1 call :fetch_jbang
if errorlevel 1 exit /b 1

rem --- En route : jbang écrit la commande à exécuter et finit par 255 ---
set "RUN="
set "KIND=command"
findstr /l /c:"    \"%~1\": {" "%CATALOG%" >nul 2>nul && set "KIND=alias"
for %%s in (run build edit init alias template catalog trust cache completion jdk version wrapper info app export config deps) do if "%~1"=="%%s" if "%KIND%"=="command" set "KIND=jbang"
echo(%~1| findstr /r /c:"[^a-z]" >nul && if "%KIND%"=="command" set "KIND=jbang"
if "%KIND%"=="command" (
    echo jbangw : commande inconnue : « %~1 ». 1>&2
    call :list 1>&2
    exit /b 2
)
if "%KIND%"=="alias" set "RUN=run --catalog "%CATALOG%""
set "ANSWER=%TEMP%\jbangw-%RANDOM%%RANDOM%.txt"
"%JAVA_HOME%\bin\java.exe" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 %JBANG_JAVA_OPTIONS% -jar "%JAR%" %RUN% %* > "%ANSWER%"
set "CODE=%ERRORLEVEL%"
if not "%CODE%"=="255" (
    type "%ANSWER%"
    del /q "%ANSWER%"
    exit /b %CODE%
)
set "LAUNCH="
for /f "usebackq delims=" %%l in ("%ANSWER%") do if not defined LAUNCH set "LAUNCH=%%l"
del /q "%ANSWER%"
%LAUNCH%
exit /b %ERRORLEVEL%

:java
set "JBANGW="
set "COURSE_HOME="
for /f "tokens=1,*" %%a in ("%*") do "%JAVA_HOME%\bin\java.exe" %%b
exit /b %ERRORLEVEL%

:list
powershell -NoProfile -Command "[Console]::OutputEncoding = [Text.Encoding]::UTF8; 'Cours de Java asynchrone. Les commandes :', ''; (Get-Content -Raw -Encoding UTF8 $env:CATALOG | ConvertFrom-Json).aliases.PSObject.Properties | ForEach-Object { '  {0,-15} {1}' -f $_.Name, ($_.Value.description -replace ' (Exemple.: )', ([Environment]::NewLine + ' ' * 18 + '${1}jbangw ')) }; '', 'Chaque commande explique ses options : jbangw lab --help'"
exit /b %ERRORLEVEL%

rem Tous les JDK d'un dossier ; le premier assez récent est gardé.
:search_jdk
if exist "%~1\" for /d %%h in ("%~1\*") do if not defined JDK call :try_jdk "%%~h"
exit /b 0

rem La version est lue dans le fichier « release » : démarrer chaque Java trouvé serait lent.
:try_jdk
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "FOUND=0"
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do for /f "delims=.-+" %%m in ("%%~v") do set "FOUND=%%m"
if %FOUND% GEQ %JAVA_MIN% set "JDK=%~f1"
exit /b 0

:check_jar
if not exist "%~1" exit /b 1
for /f "delims=" %%s in ('certutil -hashfile "%~1" SHA256 ^| findstr /v ":"') do if /i "%%s"=="%JBANG_SHA256%" exit /b 0
exit /b 1

rem Par Maven s'il est là, sinon par l'installateur officiel de jbang, dans un dossier provisoire ; le jar vérifié
rem prend ensuite sa place.
:fetch_jbang
echo jbangw : je vais chercher jbang %JBANG_VERSION% (une seule fois)... 1>&2
set "WORK=%CACHE%\fetch-%RANDOM%%RANDOM%"
mkdir "%WORK%" 2>nul
where mvn >nul 2>nul && (
    pushd "%WORK%"
    call mvn -q -B dependency:copy -DoutputDirectory=. -Dartifact=dev.jbang:jbang-cli:%JBANG_VERSION%:jar:all >nul 2>nul
    popd
)
set "NEW=%WORK%\jbang-cli-%JBANG_VERSION%-all.jar"
rem Le dépôt Maven que JBANG_REPO désigne, partagé par une classe, offre aussi jbang.
set "SHARED=%JBANG_REPO%\dev\jbang\jbang-cli\%JBANG_VERSION%\jbang-cli-%JBANG_VERSION%-all.jar"
if defined JBANG_REPO if exist "%SHARED%" copy /y "%SHARED%" "%NEW%" >nul 2>nul
if not exist "%NEW%" call :by_installer
call :check_jar "%NEW%"
if errorlevel 1 (
    call :is_full
    if errorlevel 1 (
        echo jbangw : jbang %JBANG_VERSION% n'a pas pu être rangé : le disque de %CACHE% est plein. Libérez de la place ^(10 Mo^), puis relancez la commande. 1>&2
        rmdir /s /q "%WORK%" 2>nul
        exit /b 1
    )
    rmdir /s /q "%WORK%" 2>nul
    echo jbangw : jbang %JBANG_VERSION% n'a pas pu être téléchargé ^(pas de réseau, ou fichier altéré en route^) : vérifiez la connexion, puis relancez la commande. 1>&2
    exit /b 1
)
move /y "%NEW%" "%JAR%" >nul
rmdir /s /q "%WORK%"
exit /b 0

rem Une erreur s'il reste moins de place qu'il n'en faut au jar : un disque plein et un réseau absent échouent pareil.
:is_full
powershell -NoProfile -Command "try { $free = [IO.DriveInfo]::new((Get-Item -LiteralPath $env:WORK).PSDrive.Name).AvailableFreeSpace } catch { exit 0 }; if ($free -lt 10MB) { exit 1 }" >nul 2>nul
exit /b %ERRORLEVEL%

:by_installer
set "JBANG_DIR=%WORK%\jbang"
set "JBANG_DOWNLOAD_VERSION=%JBANG_VERSION%"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$cp = iex \"& { $(iwr -useb https://ps.jbang.dev) } info classpath dev.jbang:jbang-cli:%JBANG_VERSION%:all\"; $cp -split ';' | Where-Object { $_ -like '*jbang-cli-%JBANG_VERSION%-all.jar' } | Select-Object -First 1 | ForEach-Object { Copy-Item $_ '%NEW%' }" >nul 2>nul
set "JBANG_DIR="
set "JBANG_DOWNLOAD_VERSION="
exit /b 0
