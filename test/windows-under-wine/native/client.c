/*
 * Windows' side of the provider, for tests: activates the class through COM and calls it, one line of stdin a command, one line of JSON
 * on stdout a result. Made and signed are the requests by the test; this only carries them over COM.
 *
 *   client.exe {CLSID}
 *   ID create NAME                                       CoCreateInstance
 *   ID make|get NAME TX WINDOW TYPE SIGNATURE REQUEST    on a thread of its own; "-" is NULL with length 0, "null" a NULL request
 *   ID cancel NAME TX · ID lock NAME · ID release NAME · ID usage PID · ID terminate PID
 *
 * Bytes are hex, a transaction is its 16 bytes in memory.
 */
#include <initguid.h>
#include "pluginauthenticator.h"
#include <psapi.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A second opinion about the layouts: the generated structs against the table of the header. */
_Static_assert(sizeof(OPERATION_REQUEST) == 56 && offsetof(OPERATION_REQUEST, transactionId) == 8 &&
                 offsetof(OPERATION_REQUEST, cbRequestSignature) == 24 &&
                 offsetof(OPERATION_REQUEST, pbRequestSignature) == 32 &&
                 offsetof(OPERATION_REQUEST, requestType) == 40 &&
                 offsetof(OPERATION_REQUEST, cbEncodedRequest) == 44 &&
                 offsetof(OPERATION_REQUEST, pbEncodedRequest) == 48,
               "request");
_Static_assert(sizeof(OPERATION_RESPONSE) == 16 && offsetof(OPERATION_RESPONSE, pbEncodedResponse) == 8, "response");
_Static_assert(sizeof(CANCEL_OPERATION_REQUEST) == 32 && offsetof(CANCEL_OPERATION_REQUEST, cbRequestSignature) == 16 &&
                 offsetof(CANCEL_OPERATION_REQUEST, pbRequestSignature) == 24,
               "cancel");

#define LINE_BYTES (512 * 1024)
#define OBJECTS 64

static struct {
  char name[32];
  IPluginAuthenticator *object;
} objects[OBJECTS];
static CRITICAL_SECTION output;
static LARGE_INTEGER frequency;

static double now(void) {
  LARGE_INTEGER count;
  QueryPerformanceCounter(&count);
  return 1000.0 * count.QuadPart / frequency.QuadPart;
}

static void print_hex(const BYTE *bytes, DWORD length) {
  for (DWORD i = 0; i < length; i++) printf("%02x", bytes[i]);
}

static void say(const char *id, HRESULT hr, double ms, const char *extra) {
  EnterCriticalSection(&output);
  printf("{\"id\":%s,\"hr\":%ld,\"ms\":%.2f%s}\n", id, (long)hr, ms, extra);
  fflush(stdout);
  LeaveCriticalSection(&output);
}

static BYTE *from_hex(const char *hex, DWORD *length) {
  *length = strcmp(hex, "-") == 0 ? 0 : (DWORD)(strlen(hex) / 2);
  if (*length == 0) return NULL;
  BYTE *bytes = malloc(*length);
  for (DWORD i = 0; i < *length; i++) {
    unsigned value;
    sscanf(hex + 2 * i, "%2x", &value);
    bytes[i] = (BYTE)value;
  }
  return bytes;
}

static void to_guid(const char *hex, GUID *guid) {
  DWORD length;
  BYTE *bytes = from_hex(hex, &length);
  memcpy(guid, bytes, sizeof *guid);
  free(bytes);
}

static IPluginAuthenticator **find(const char *name) {
  for (int i = 0; i < OBJECTS; i++)
    if (strcmp(objects[i].name, name) == 0) return &objects[i].object;
  for (int i = 0; i < OBJECTS; i++)
    if (objects[i].object == NULL) {
      strcpy(objects[i].name, name);
      return &objects[i].object;
    }
  exit(9);
}

struct ceremony {
  char id[16];
  int makes, is_null;
  IPluginAuthenticator *object;
  OPERATION_REQUEST request;
};

static DWORD WINAPI run(void *parameter) {
  struct ceremony *c = parameter;
  CoInitializeEx(NULL, COINIT_MULTITHREADED);
  /* Not zero beforehand: what comes back is what the other side wrote. */
  OPERATION_RESPONSE response = {77, NULL};
  const OPERATION_REQUEST *request = c->is_null ? NULL : &c->request;
  double begun = now();
  HRESULT hr = c->makes ? IPluginAuthenticator_MakeCredential(c->object, request, &response)
                        : IPluginAuthenticator_GetAssertion(c->object, request, &response);
  double ms = now() - begun;
  EnterCriticalSection(&output);
  printf("{\"id\":%s,\"hr\":%ld,\"ms\":%.2f,\"response\":\"", c->id, (long)hr, ms);
  if (SUCCEEDED(hr) && response.pbEncodedResponse != NULL) {
    print_hex(response.pbEncodedResponse, response.cbEncodedResponse);
    CoTaskMemFree(response.pbEncodedResponse);
  }
  printf("\"}\n");
  fflush(stdout);
  LeaveCriticalSection(&output);
  IPluginAuthenticator_Release(c->object);
  free(c->request.pbRequestSignature);
  free(c->request.pbEncodedRequest);
  free(c);
  CoUninitialize();
  return 0;
}

static void start(const char *id, const char *verb, char **word) {
  struct ceremony *c = calloc(1, sizeof *c);
  strcpy(c->id, id);
  c->makes = strcmp(verb, "make") == 0;
  c->object = *find(word[0]);
  IPluginAuthenticator_AddRef(c->object);
  to_guid(word[1], &c->request.transactionId);
  c->request.hWnd = strtoull(word[2], NULL, 10);
  c->request.requestType = atol(word[3]);
  c->is_null = strcmp(word[5], "null") == 0;
  c->request.pbRequestSignature = from_hex(word[4], &c->request.cbRequestSignature);
  if (!c->is_null) c->request.pbEncodedRequest = from_hex(word[5], &c->request.cbEncodedRequest);
  CloseHandle(CreateThread(NULL, 0, run, c, 0, NULL));
}

static void tell_usage(const char *id, DWORD pid) {
  char extra[128];
  DWORD handles = 0;
  PROCESS_MEMORY_COUNTERS memory = {sizeof memory};
  HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, pid);
  GetProcessHandleCount(process, &handles);
  GetProcessMemoryInfo(process, &memory, sizeof memory);
  CloseHandle(process);
  sprintf(extra, ",\"handles\":%lu,\"bytes\":%llu", handles, (unsigned long long)memory.WorkingSetSize);
  say(id, S_OK, 0, extra);
}

static void terminate(const char *id, DWORD pid) {
  HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, pid);
  BOOL is_done = TerminateProcess(process, 9);
  CloseHandle(process);
  say(id, is_done ? S_OK : E_FAIL, 0, "");
}

int main(int argc, char **argv) {
  static char line[LINE_BYTES];
  WCHAR text[64];
  CLSID clsid;
  if (argc != 2) return 2;
  QueryPerformanceFrequency(&frequency);
  InitializeCriticalSection(&output);
  CoInitializeEx(NULL, COINIT_MULTITHREADED);
  CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, 0, NULL);
  MultiByteToWideChar(CP_UTF8, 0, argv[1], -1, text, 64);
  if (FAILED(CLSIDFromString(text, &clsid))) return 3;

  while (fgets(line, sizeof line, stdin) != NULL) {
    char *word[9] = {0};
    int words = 0;
    for (char *w = strtok(line, " \r\n"); w != NULL && words < 9; w = strtok(NULL, " \r\n")) word[words++] = w;
    if (words < 3) continue;
    const char *id = word[0], *verb = word[1];
    double begun = now();
    if (strcmp(verb, "create") == 0) {
      HRESULT hr = CoCreateInstance(&clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IPluginAuthenticator, (void **)find(word[2]));
      say(id, hr, now() - begun, "");
    } else if (strcmp(verb, "usage") == 0) {
      tell_usage(id, strtoul(word[2], NULL, 10));
    } else if (strcmp(verb, "terminate") == 0) {
      terminate(id, strtoul(word[2], NULL, 10));
    } else if (*find(word[2]) == NULL) {
      say(id, E_POINTER, 0, "");
    } else if (strcmp(verb, "make") == 0 || strcmp(verb, "get") == 0) {
      start(id, verb, word + 2);
    } else if (strcmp(verb, "cancel") == 0) {
      CANCEL_OPERATION_REQUEST request = {0};
      to_guid(word[3], &request.transactionId);
      HRESULT hr = IPluginAuthenticator_CancelOperation(*find(word[2]), &request);
      say(id, hr, now() - begun, "");
    } else if (strcmp(verb, "lock") == 0) {
      char extra[32];
      long status = -1;
      HRESULT hr = IPluginAuthenticator_GetLockStatus(*find(word[2]), &status);
      sprintf(extra, ",\"status\":%ld", status);
      say(id, hr, now() - begun, extra);
    } else if (strcmp(verb, "release") == 0) {
      IPluginAuthenticator **object = find(word[2]);
      IPluginAuthenticator_Release(*object);
      *object = NULL;
      say(id, S_OK, now() - begun, "");
    }
  }
  return 0;
}
