/*
 * The plugin functions of webauthn.dll for tests, with the real structs and signatures. It plays Windows: keeps a registration, a cache of
 * credentials and one user verification. It has no cryptography: keys and signatures are laid down by the test.
 *
 * Everything is in files in one folder, "fake" beside the script that node.exe runs, or beside a program that needs no script:
 *   script.ini       [Function] hresult=0x…   fails that call; [Verification] wait=1 keeps the prompt until "release" is there;
 *                    [Windows] remote=1       every call fails as in a remote session; successors=1 makes the older calls stubs
 *   calls.log        a line a call: its name and what it was given, bytes and UTF-16 text as hex
 *   state, cache\    the registration ("0" off, "1" on) and a file for each credential
 *   op-key, uv-key, uv-signature             what the calls of these names give
 *   fire             calls the status callback once, on a thread of its own
 */
#include <windows.h>
#include <shellapi.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define EXPORT __declspec(dllexport)
#define AT(type, field, offset) _Static_assert(offsetof(type, field) == offset, #type "." #field)
#define NTE_EXISTS_ ((HRESULT)0x8009000F)
#define NTE_NOT_FOUND_ ((HRESULT)0x80090011)
#define NTE_INVALID_PARAMETER_ ((HRESULT)0x80090027)
#define NTE_NOT_SUPPORTED_ ((HRESULT)0x80090029)
#define FILE_NOT_FOUND_ ((HRESULT)0x80070002)

typedef struct {
  LPCWSTR pwszAuthenticatorName;
  const CLSID *rclsid;
  LPCWSTR pwszPluginRpId;
  LPCWSTR pwszLightThemeLogoSvg;
  LPCWSTR pwszDarkThemeLogoSvg;
  DWORD cbAuthenticatorInfo;
  const BYTE *pbAuthenticatorInfo;
  DWORD cSupportedRpIds;
  const LPCWSTR *ppwszSupportedRpIds;
  LPCWSTR pwszUserVerificationKeyName; /* of the successor alone */
} ADD_OPTIONS;
AT(ADD_OPTIONS, rclsid, 8);
AT(ADD_OPTIONS, pwszPluginRpId, 16);
AT(ADD_OPTIONS, cbAuthenticatorInfo, 40);
AT(ADD_OPTIONS, pbAuthenticatorInfo, 48);
AT(ADD_OPTIONS, cSupportedRpIds, 56);
AT(ADD_OPTIONS, ppwszSupportedRpIds, 64);
AT(ADD_OPTIONS, pwszUserVerificationKeyName, 72);
_Static_assert(sizeof(ADD_OPTIONS) == 80, "ADD_OPTIONS");

typedef struct {
  DWORD cbOpSignPubKey;
  BYTE *pbOpSignPubKey;
} ADD_RESPONSE;
_Static_assert(sizeof(ADD_RESPONSE) == 16, "ADD_RESPONSE");

typedef struct {
  LPCWSTR pwszAuthenticatorName;
  const CLSID *rclsid;
  const CLSID *rclsidNew;
  LPCWSTR pwszLightThemeLogoSvg;
  LPCWSTR pwszDarkThemeLogoSvg;
  DWORD cbAuthenticatorInfo;
  const BYTE *pbAuthenticatorInfo;
  DWORD cSupportedRpIds;
  const LPCWSTR *ppwszSupportedRpIds;
  LPCWSTR pwszUserVerificationKeyName;
} UPDATE_DETAILS;
AT(UPDATE_DETAILS, cbAuthenticatorInfo, 40);
_Static_assert(sizeof(UPDATE_DETAILS) == 80, "UPDATE_DETAILS");

typedef struct {
  DWORD cbCredentialId;
  const BYTE *pbCredentialId;
  LPCWSTR pwszRpId;
  LPCWSTR pwszRpName;
  DWORD cbUserId;
  const BYTE *pbUserId;
  LPCWSTR pwszUserName;
  LPCWSTR pwszUserDisplayName;
} CREDENTIAL_DETAILS;
AT(CREDENTIAL_DETAILS, pwszRpId, 16);
AT(CREDENTIAL_DETAILS, cbUserId, 32);
AT(CREDENTIAL_DETAILS, pbUserId, 40);
AT(CREDENTIAL_DETAILS, pwszUserDisplayName, 56);
_Static_assert(sizeof(CREDENTIAL_DETAILS) == 64, "CREDENTIAL_DETAILS");

typedef struct {
  HWND hwnd;
  const GUID *rguidTransactionId;
  LPCWSTR pwszUsername;
  LPCWSTR pwszDisplayHint;
  DWORD cbBufferToSign; /* of the successor alone */
  const BYTE *pbBufferToSign;
} UV_REQUEST;
AT(UV_REQUEST, pwszDisplayHint, 24);
AT(UV_REQUEST, pbBufferToSign, 40);
_Static_assert(sizeof(UV_REQUEST) == 48, "UV_REQUEST");

static WCHAR folder[MAX_PATH];
static CRITICAL_SECTION lock;
static LONG live;

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved) {
  if (reason == DLL_PROCESS_ATTACH) {
    int count;
    WCHAR **words = CommandLineToArgvW(GetCommandLineW(), &count);
    InitializeCriticalSection(&lock);
    if (count > 1 && wcschr(words[1], L'\\')) lstrcpyW(folder, words[1]);
    else GetModuleFileNameW(NULL, folder, MAX_PATH);
    for (WCHAR *end = folder + lstrlenW(folder); end > folder && *end != '\\' && *end != '/'; end--) *end = 0;
    lstrcatW(folder, L"fake\\");
    LocalFree(words);
  }
  return TRUE;
}

static WCHAR *path_of(const WCHAR *name, WCHAR *path) {
  lstrcpyW(path, folder);
  return lstrcatW(path, name);
}

static BOOL is_there(const WCHAR *name) {
  WCHAR path[MAX_PATH];
  return GetFileAttributesW(path_of(name, path)) != INVALID_FILE_ATTRIBUTES;
}

static void *read_file(const WCHAR *name, DWORD *length) {
  WCHAR path[MAX_PATH];
  HANDLE file = CreateFileW(path_of(name, path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
  *length = 0;
  if (file == INVALID_HANDLE_VALUE) return NULL;
  DWORD size = GetFileSize(file, NULL);
  BYTE *bytes = malloc(size + 1);
  ReadFile(file, bytes, size, length, NULL);
  CloseHandle(file);
  return bytes;
}

static void write_file(const WCHAR *name, const void *bytes, DWORD length, BOOL appends) {
  WCHAR path[MAX_PATH];
  DWORD written;
  HANDLE file = CreateFileW(path_of(name, path), appends ? FILE_APPEND_DATA : GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                            NULL, appends ? OPEN_ALWAYS : CREATE_ALWAYS, 0, NULL);
  WriteFile(file, bytes, length, &written, NULL);
  CloseHandle(file);
}

/* A line of the log under construction; one call at a time. */
static char entry[64 * 1024];
static int entry_length;

static void begin(const char *name) {
  EnterCriticalSection(&lock);
  entry_length = sprintf(entry, "%s", name);
}

static void note_hex(const char *key, const void *bytes, DWORD length) {
  entry_length += sprintf(entry + entry_length, " %s=", key);
  for (DWORD i = 0; bytes != NULL && i < length && entry_length < 60 * 1024; i++)
    entry_length += sprintf(entry + entry_length, "%02x", ((const BYTE *)bytes)[i]);
}

static void note_text(const char *key, LPCWSTR text) {
  if (text == NULL) entry_length += sprintf(entry + entry_length, " %s=NULL", key);
  else note_hex(key, text, 2 * lstrlenW(text));
}

static void note_number(const char *key, unsigned long long number) {
  entry_length += sprintf(entry + entry_length, " %s=%llu", key, number);
}

static void finish(void) {
  entry[entry_length++] = '\n';
  write_file(L"calls.log", entry, entry_length, TRUE);
  LeaveCriticalSection(&lock);
}

static BOOL is_set(const WCHAR *section, const WCHAR *key) {
  WCHAR path[MAX_PATH];
  return GetPrivateProfileIntW(section, key, 0, path_of(L"script.ini", path)) != 0;
}

static HRESULT scripted(const WCHAR *function) {
  WCHAR path[MAX_PATH], text[32] = L"";
  if (is_set(L"Windows", L"remote")) return NTE_NOT_SUPPORTED_;
  GetPrivateProfileStringW(function, L"hresult", L"0", text, 32, path_of(L"script.ini", path));
  return (HRESULT)wcstoul(text, NULL, 0);
}

#define FAIL_IF_SCRIPTED(name)                                                                                                    \
  do {                                                                                                                            \
    HRESULT scripted_hr = scripted(name);                                                                                         \
    if (FAILED(scripted_hr)) return scripted_hr;                                                                                  \
  } while (0)

static void *lend(const void *bytes, DWORD length) {
  void *copy = malloc(length ? length : 1);
  if (length) memcpy(copy, bytes, length);
  InterlockedIncrement(&live);
  return copy;
}

static void take_back(const char *name, void *memory) {
  if (memory == NULL) return;
  free(memory);
  begin(name);
  note_number("live", InterlockedDecrement(&live));
  finish();
}

EXPORT HRESULT WINAPI WebAuthNPluginGetAuthenticatorState(const CLSID *clsid, int *state) {
  begin("GetAuthenticatorState");
  note_hex("clsid", clsid, 16);
  finish();
  FAIL_IF_SCRIPTED(L"GetAuthenticatorState");
  DWORD length;
  char *text = read_file(L"state", &length);
  if (text == NULL) return NTE_NOT_FOUND_;
  *state = text[0] == '1';
  free(text);
  return S_OK;
}

static HRESULT add(const ADD_OPTIONS *options, ADD_RESPONSE **response, BOOL is_successor) {
  begin(is_successor ? "AddAuthenticator2" : "AddAuthenticator");
  note_hex("clsid", options->rclsid, 16);
  note_text("name", options->pwszAuthenticatorName);
  note_text("rpId", options->pwszPluginRpId);
  note_text("light", options->pwszLightThemeLogoSvg);
  note_text("dark", options->pwszDarkThemeLogoSvg);
  note_hex("info", options->pbAuthenticatorInfo, options->cbAuthenticatorInfo);
  note_number("rps", options->cSupportedRpIds);
  if (is_successor) note_text("key", options->pwszUserVerificationKeyName);
  finish();
  if (is_successor != is_set(L"Windows", L"successors")) return E_NOTIMPL;
  FAIL_IF_SCRIPTED(L"AddAuthenticator");
  if (options->pwszPluginRpId == NULL || options->pwszAuthenticatorName == NULL) return NTE_INVALID_PARAMETER_;
  if (is_there(L"state")) return NTE_EXISTS_;
  DWORD length;
  BYTE *key = read_file(L"op-key", &length);
  write_file(L"state", "0", 1, FALSE);
  ADD_RESPONSE made = {length, lend(key, length)};
  free(key);
  *response = lend(&made, sizeof made);
  return S_OK;
}
EXPORT HRESULT WINAPI WebAuthNPluginAddAuthenticator(const ADD_OPTIONS *options, ADD_RESPONSE **response) {
  return add(options, response, FALSE);
}
EXPORT HRESULT WINAPI WebAuthNPluginAddAuthenticator2(const ADD_OPTIONS *options, ADD_RESPONSE **response) {
  return add(options, response, TRUE);
}
EXPORT void WINAPI WebAuthNPluginFreeAddAuthenticatorResponse(ADD_RESPONSE *response) {
  take_back("FreeAddAuthenticatorResponse", response->pbOpSignPubKey);
  take_back("FreeAddAuthenticatorResponse", response);
}

static HRESULT update(const UPDATE_DETAILS *details, BOOL is_successor) {
  begin(is_successor ? "UpdateAuthenticatorDetails2" : "UpdateAuthenticatorDetails");
  note_hex("clsid", details->rclsid, 16);
  note_text("name", details->pwszAuthenticatorName);
  note_text("light", details->pwszLightThemeLogoSvg);
  note_hex("info", details->pbAuthenticatorInfo, details->cbAuthenticatorInfo);
  finish();
  if (is_successor != is_set(L"Windows", L"successors")) return E_NOTIMPL;
  FAIL_IF_SCRIPTED(L"UpdateAuthenticatorDetails");
  return is_there(L"state") ? S_OK : NTE_NOT_FOUND_;
}
EXPORT HRESULT WINAPI WebAuthNPluginUpdateAuthenticatorDetails(const UPDATE_DETAILS *details) { return update(details, FALSE); }
EXPORT HRESULT WINAPI WebAuthNPluginUpdateAuthenticatorDetails2(const UPDATE_DETAILS *details) { return update(details, TRUE); }

EXPORT HRESULT WINAPI WebAuthNPluginRemoveAuthenticator(const CLSID *clsid) {
  WCHAR path[MAX_PATH];
  begin("RemoveAuthenticator");
  note_hex("clsid", clsid, 16);
  finish();
  FAIL_IF_SCRIPTED(L"RemoveAuthenticator");
  return DeleteFileW(path_of(L"state", path)) ? S_OK : NTE_NOT_FOUND_;
}

/* A credential on the disk: its number, then four texts and two byte strings, each with its length. */
static void cache_name(const CREDENTIAL_DETAILS *c, WCHAR *name) {
  unsigned long long hash = 14695981039346656037ULL;
  for (DWORD i = 0; i < c->cbCredentialId; i++) hash = (hash ^ c->pbCredentialId[i]) * 1099511628211ULL;
  swprintf(name, 64, L"cache\\%016llx", hash);
}

static void note_credential(const CREDENTIAL_DETAILS *c) {
  note_hex("id", c->pbCredentialId, c->cbCredentialId);
  note_text("rpId", c->pwszRpId);
  note_text("rpName", c->pwszRpName);
  note_hex("userId", c->pbUserId, c->cbUserId);
  note_text("userName", c->pwszUserName);
  note_text("displayName", c->pwszUserDisplayName);
}

static void store(const CREDENTIAL_DETAILS *c) {
  WCHAR name[64];
  LPCWSTR texts[] = {c->pwszRpId, c->pwszRpName, c->pwszUserName, c->pwszUserDisplayName};
  cache_name(c, name);
  write_file(name, &c->cbCredentialId, 4, FALSE);
  write_file(name, c->pbCredentialId, c->cbCredentialId, TRUE);
  write_file(name, &c->cbUserId, 4, TRUE);
  write_file(name, c->pbUserId, c->cbUserId, TRUE);
  for (int i = 0; i < 4; i++) write_file(name, texts[i], 2 * (lstrlenW(texts[i]) + 1), TRUE);
}

EXPORT HRESULT WINAPI WebAuthNPluginAuthenticatorAddCredentials(const CLSID *clsid, DWORD n, const CREDENTIAL_DETAILS *list) {
  WCHAR name[64];
  begin("AddCredentials");
  note_number("n", n);
  for (DWORD i = 0; i < n; i++) note_credential(&list[i]);
  finish();
  FAIL_IF_SCRIPTED(L"AddCredentials");
  if (n == 0) return NTE_INVALID_PARAMETER_;
  for (DWORD i = 0; i < n; i++) {
    const CREDENTIAL_DETAILS *c = &list[i];
    if (!c->cbCredentialId || !c->cbUserId || !c->pwszRpId || !*c->pwszRpId || !c->pwszRpName || !*c->pwszRpName ||
        !c->pwszUserName || !*c->pwszUserName || !c->pwszUserDisplayName || !*c->pwszUserDisplayName)
      return NTE_INVALID_PARAMETER_;
    cache_name(c, name);
    if (is_there(name)) return NTE_EXISTS_;
  }
  for (DWORD i = 0; i < n; i++) store(&list[i]);
  return S_OK;
}

EXPORT HRESULT WINAPI WebAuthNPluginAuthenticatorRemoveCredentials(const CLSID *clsid, DWORD n, const CREDENTIAL_DETAILS *list) {
  WCHAR name[64], path[MAX_PATH];
  HRESULT hr = S_OK;
  begin("RemoveCredentials");
  note_number("n", n);
  for (DWORD i = 0; i < n; i++) note_hex("id", list[i].pbCredentialId, list[i].cbCredentialId);
  finish();
  FAIL_IF_SCRIPTED(L"RemoveCredentials");
  if (n == 0) return NTE_INVALID_PARAMETER_;
  for (DWORD i = 0; i < n; i++) {
    cache_name(&list[i], name);
    if (!DeleteFileW(path_of(name, path))) hr = NTE_NOT_FOUND_;
  }
  return hr;
}

EXPORT HRESULT WINAPI WebAuthNPluginAuthenticatorRemoveAllCredentials(const CLSID *clsid) {
  begin("RemoveAllCredentials");
  finish();
  return FILE_NOT_FOUND_;
}

EXPORT HRESULT WINAPI WebAuthNPluginAuthenticatorGetAllCredentials(const CLSID *clsid, DWORD *n, CREDENTIAL_DETAILS **out) {
  WCHAR pattern[MAX_PATH], name[MAX_PATH];
  WIN32_FIND_DATAW found;
  CREDENTIAL_DETAILS *list = malloc(4096 * sizeof *list);
  DWORD count = 0, length;
  begin("GetAllCredentials");
  finish();
  FAIL_IF_SCRIPTED(L"GetAllCredentials");
  HANDLE search = FindFirstFileW(path_of(L"cache\\*", pattern), &found);
  if (search == INVALID_HANDLE_VALUE) return FILE_NOT_FOUND_;
  do {
    if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
    lstrcpyW(name, L"cache\\");
    lstrcatW(name, found.cFileName);
    BYTE *at = read_file(name, &length); /* kept: the list points into it */
    CREDENTIAL_DETAILS *c = &list[count++];
    LPCWSTR *texts[] = {&c->pwszRpId, &c->pwszRpName, &c->pwszUserName, &c->pwszUserDisplayName};
    memcpy(&c->cbCredentialId, at, 4);
    c->pbCredentialId = at + 4;
    at += 4 + c->cbCredentialId;
    memcpy(&c->cbUserId, at, 4);
    c->pbUserId = at + 4;
    at += 4 + c->cbUserId;
    for (int i = 0; i < 4; i++) {
      size_t units = 0;
      while (at[2 * units] || at[2 * units + 1]) units++;
      WCHAR *text = malloc(2 * units + 2);
      memcpy(text, at, 2 * units + 2);
      *texts[i] = text;
      at += 2 * units + 2;
    }
  } while (FindNextFileW(search, &found));
  FindClose(search);
  if (count == 0) return FILE_NOT_FOUND_;
  InterlockedIncrement(&live);
  *n = count;
  *out = list;
  return S_OK;
}
EXPORT void WINAPI WebAuthNPluginAuthenticatorFreeCredentialDetailsArray(DWORD n, CREDENTIAL_DETAILS *list) {
  take_back("FreeCredentialDetailsArray", list);
}

static HRESULT give(const char *name, const WCHAR *section, const WCHAR *file, DWORD *cb, BYTE **pb) {
  begin(name);
  finish();
  FAIL_IF_SCRIPTED(section);
  DWORD length;
  BYTE *bytes = read_file(file, &length);
  if (bytes == NULL) return NTE_NOT_FOUND_;
  *cb = length;
  *pb = lend(bytes, length);
  free(bytes);
  return S_OK;
}

static HRESULT verify(const UV_REQUEST *request, DWORD *cb, BYTE **pb, BOOL is_successor) {
  static const GUID nobody;
  begin(is_successor ? "PerformUserVerification2" : "PerformUserVerification");
  note_number("window", (unsigned long long)(ULONG_PTR)request->hwnd);
  note_hex("transaction", request->rguidTransactionId, 16);
  note_text("user", request->pwszUsername);
  note_text("hint", request->pwszDisplayHint);
  if (is_successor) note_number("buffer", request->cbBufferToSign);
  finish();
  if (is_successor != is_set(L"Windows", L"successors")) return E_NOTIMPL;
  if (request->hwnd == NULL || memcmp(request->rguidTransactionId, &nobody, 16) == 0) return NTE_INVALID_PARAMETER_;
  if (is_set(L"Verification", L"wait"))
    while (!is_there(L"release")) Sleep(5);
  HRESULT hr = give("UserVerificationAnswered", L"PerformUserVerification", L"uv-signature", cb, pb);
  return hr;
}
EXPORT HRESULT WINAPI WebAuthNPluginPerformUserVerification(const UV_REQUEST *request, DWORD *cb, BYTE **pb) {
  return verify(request, cb, pb, FALSE);
}
EXPORT HRESULT WINAPI WebAuthNPluginPerformUserVerification2(const UV_REQUEST *request, DWORD *cb, BYTE **pb) {
  return verify(request, cb, pb, TRUE);
}
EXPORT void WINAPI WebAuthNPluginFreeUserVerificationResponse(BYTE *bytes) { take_back("FreeUserVerificationResponse", bytes); }

EXPORT HRESULT WINAPI WebAuthNPluginGetUserVerificationCount(const CLSID *clsid, DWORD *count) {
  begin("GetUserVerificationCount");
  finish();
  FAIL_IF_SCRIPTED(L"GetUserVerificationCount");
  *count = 7;
  return S_OK;
}
EXPORT HRESULT WINAPI WebAuthNPluginGetUserVerificationPublicKey(const CLSID *clsid, DWORD *cb, BYTE **pb) {
  return give("GetUserVerificationPublicKey", L"GetUserVerificationPublicKey", L"uv-key", cb, pb);
}
EXPORT HRESULT WINAPI WebAuthNPluginGetOperationSigningPublicKey(const CLSID *clsid, DWORD *cb, BYTE **pb) {
  return give("GetOperationSigningPublicKey", L"GetOperationSigningPublicKey", L"op-key", cb, pb);
}
EXPORT void WINAPI WebAuthNPluginFreePublicKeyResponse(BYTE *bytes) { take_back("FreePublicKeyResponse", bytes); }

static struct {
  void(CALLBACK *changed)(void *);
  void *context;
} listener;

static DWORD WINAPI listen_to_fire(void *parameter) {
  WCHAR path[MAX_PATH];
  while (listener.changed != NULL) {
    if (DeleteFileW(path_of(L"fire", path))) listener.changed(listener.context);
    Sleep(5);
  }
  return 0;
}

EXPORT HRESULT WINAPI WebAuthNPluginRegisterStatusChangeCallback(void(CALLBACK *changed)(void *), void *context, const CLSID *clsid,
                                                                 DWORD *cookie) {
  begin("RegisterStatusChangeCallback");
  finish();
  FAIL_IF_SCRIPTED(L"RegisterStatusChangeCallback");
  listener.changed = changed;
  listener.context = context;
  *cookie = 42;
  CloseHandle(CreateThread(NULL, 0, listen_to_fire, NULL, 0, NULL));
  return S_OK;
}
EXPORT HRESULT WINAPI WebAuthNPluginUnregisterStatusChangeCallback(DWORD *cookie) {
  begin("UnregisterStatusChangeCallback");
  note_number("cookie", *cookie);
  finish();
  listener.changed = NULL;
  return S_OK;
}
