/* What other runtimes do with files on Windows, call by call: `peer HOW FILE hold`. Says OPEN or LOCKED once it has
 * the file, keeps it until its input ends (`try`: not at all), and says BUSY with the system's error if it cannot have it.
 * `peer seal FILE DESCRIPTION` seals FILE by DPAPI into FILE.sealed; `peer describe FILE -` says the description. */
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <wincrypt.h>

struct way {
    const char *name;
    DWORD access, share, disposition, flags;
    int locks;
};

static const struct way ways[] = {
    /* MSAL.NET: CrossPlatLock opens a FileStream with DeleteOnClose; on Windows it shares reading. */
    {"dotnet", GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ, OPEN_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, 0},
    /* The same without sharing anything, as FileShare.None. */
    {"alone", GENERIC_READ | GENERIC_WRITE | DELETE, 0, OPEN_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, 0},
    /* Go, Java and Python with portalocker: an ordinary open, then LockFileEx. */
    {"lockfileex", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_ALWAYS, 0, 1},
    /* Python without portalocker, and Node: the existence of the file. */
    {"exists", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, CREATE_NEW, 0, 0},
    /* Readers of the cache: most of them keep others from replacing it while they read. */
    {"reads", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING, 0, 0},
    {"reads-shared", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING, 0, 0},
};

static int say(const char *word, DWORD error)
{
    printf(error ? "%s %lu\n" : "%s\n", word, error);
    fflush(stdout);
    return error ? 1 : 0;
}

static int play(const struct way *way, const char *path, int holds)
{
    OVERLAPPED whole = {0};
    HANDLE file = CreateFileA(path, way->access, way->share, NULL, way->disposition, way->flags, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return say("BUSY", GetLastError());
    if (way->locks && !LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, ~0u, ~0u, &whole))
        return say("BUSY", GetLastError());
    say(strncmp(way->name, "reads", 5) ? "LOCKED" : "OPEN", 0);
    while (holds && getchar() != EOF)
        ;
    CloseHandle(file);
    if (!strcmp(way->name, "exists") || way->locks)
        DeleteFileA(path);
    return 0;
}

static DATA_BLOB whole(const char *path)
{
    static BYTE bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    DATA_BLOB blob = {file ? (DWORD)fread(bytes, 1, sizeof bytes, file) : 0, bytes};
    if (file)
        fclose(file);
    return blob;
}

static int seal(const char *path, const char *description)
{
    char to[MAX_PATH];
    WCHAR described[256];
    DATA_BLOB in = whole(path), out;
    MultiByteToWideChar(CP_UTF8, 0, description, -1, described, 256);
    if (!CryptProtectData(&in, described, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &out))
        return say("BUSY", GetLastError());
    snprintf(to, sizeof to, "%s.sealed", path);
    FILE *file = fopen(to, "wb");
    return !file || fwrite(out.pbData, 1, out.cbData, file) != out.cbData || fclose(file);
}

static int describe(const char *path)
{
    LPWSTR description = NULL;
    DATA_BLOB in = whole(path), out;
    if (!CryptUnprotectData(&in, &description, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &out))
        return say("BUSY", GetLastError());
    printf("%ls\n", description);
    return 0;
}

int main(int count, char **words)
{
    if (count == 4 && !strcmp(words[1], "seal"))
        return seal(words[2], words[3]);
    if (count == 4 && !strcmp(words[1], "describe"))
        return describe(words[2]);
    for (size_t at = 0; count == 4 && at < sizeof ways / sizeof *ways; at++)
        if (!strcmp(ways[at].name, words[1]))
            return play(&ways[at], words[2], !strcmp(words[3], "hold"));
    return say("BUSY", ERROR_INVALID_PARAMETER);
}
