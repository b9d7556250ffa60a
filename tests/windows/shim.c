/* Wine 8 has no bcryptprimitives.dll, from which Rust's std takes its random numbers. For tests alone: lies beside the
 * program, so that Wine finds it. Windows has its own and never looks here. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length)
{
    while (length > 0) {
        ULONG now = length < 4096 ? (ULONG)length : 4096;
        if (!SystemFunction036(bytes, now))
            return FALSE;
        bytes += now;
        length -= now;
    }
    return TRUE;
}
