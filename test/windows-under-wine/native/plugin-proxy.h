/* Forced into the generated proxy: mingw's headers lack these three. */
#include <windows.h>
#include <ole2.h>
HRESULT WINAPI IUnknown_QueryInterface_Proxy(IUnknown *, REFIID, void **);
ULONG WINAPI IUnknown_AddRef_Proxy(IUnknown *);
ULONG WINAPI IUnknown_Release_Proxy(IUnknown *);
