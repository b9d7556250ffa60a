/* Wine tells every program the profile folder of its own registry, whatever the environment says. This sets the folders
 * that STORY_HOME names and starts saltcellar.exe, which lies beside it, with the same words. */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

static void set(const WCHAR *name, const WCHAR *home, const WCHAR *rest)
{
    WCHAR folder[MAX_PATH];
    swprintf(folder, MAX_PATH, L"%ls%ls", home, rest);
    SetEnvironmentVariableW(name, folder);
}

/* What follows the program's own name on the command line. */
static const WCHAR *words(void)
{
    const WCHAR *at = GetCommandLineW();
    int quoted = 0;
    for (; *at && (quoted || (*at != L' ' && *at != L'\t')); at++)
        quoted ^= *at == L'"';
    return at;
}

int main(void)
{
    static WCHAR own[MAX_PATH], home[MAX_PATH], line[32768];
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    DWORD code = 1;

    if (GetEnvironmentVariableW(L"STORY_HOME", home, MAX_PATH)) {
        set(L"USERPROFILE", home, L"");
        set(L"APPDATA", home, L"\\AppData\\Roaming");
        set(L"LOCALAPPDATA", home, L"\\AppData\\Local");
    }
    GetModuleFileNameW(NULL, own, MAX_PATH);
    wcsrchr(own, L'\\')[1] = 0;
    swprintf(line, 32768, L"\"%lssaltcellar.exe\"%ls", own, words());
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process))
        return 126;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}
