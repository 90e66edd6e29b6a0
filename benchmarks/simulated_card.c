/* NVIDIA's management library (nvml.h) with one card whose answers come from the environment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 0, TOO_SMALL = 7 };

typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned pid; unsigned long long used; unsigned instance, compute; } Process;

static unsigned long long number(const char *name) {
    const char *said = getenv(name);
    return said ? strtoull(said, NULL, 10) : 0;
}

static int text(const char *name, char *out, unsigned length) {
    const char *said = getenv(name);
    snprintf(out, length, "%s", said ? said : "");
    return OK;
}

int nvmlInitWithFlags(unsigned flags) { (void)flags; return OK; }
int nvmlInit_v2(void) { return OK; }
int nvmlShutdown(void) { return OK; }
const char *nvmlErrorString(int code) { (void)code; return "simulated"; }
int nvmlSystemGetDriverVersion(char *out, unsigned length) { return text("CARD_DRIVER", out, length); }
int nvmlSystemGetCudaDriverVersion_v2(int *out) { *out = (int)number("CARD_CUDA"); return OK; }
int nvmlDeviceGetCount_v2(unsigned *out) { *out = 1; return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **out) { (void)index; *out = (void *)1; return OK; }
int nvmlDeviceGetName(void *card, char *out, unsigned length) { (void)card; return text("CARD_NAME", out, length); }

int nvmlDeviceGetCudaComputeCapability(void *card, int *major, int *minor) {
    (void)card;
    *major = (int)number("CARD_CAPABILITY") / 10;
    *minor = (int)number("CARD_CAPABILITY") % 10;
    return OK;
}

int nvmlDeviceGetMemoryInfo(void *card, Memory *out) {
    (void)card;
    out->total = number("CARD_TOTAL");
    out->used = number("CARD_USED");
    out->free = out->total - out->used;
    return OK;
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *card, unsigned *count, Process *out) {
    (void)card;
    unsigned wanted = number("CARD_USER") ? 1 : 0;
    if (*count < wanted) {
        *count = wanted;
        return TOO_SMALL;
    }
    *count = wanted;
    if (wanted) {
        memset(out, 0, sizeof *out);
        out->pid = (unsigned)number("CARD_USER");
        out->used = number("CARD_USER_BYTES");
    }
    return OK;
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(void *card, unsigned *count, Process *out) {
    (void)card;
    (void)out;
    *count = 0;
    return OK;
}
