# Lets /proc/self/environ be 2 GiB long without using memory, then waits: prctl(2), PR_SET_MM_MAP.
import ctypes
import os
import time

SIZE = 2 << 30
PR_SET_MM, PR_SET_MM_MAP = 35, 14
PROT_READ, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE = 1, 0x02, 0x20, 0x4000

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + 3 * [ctypes.c_int] + [ctypes.c_long]
libc.sbrk.restype = ctypes.c_void_p
area = libc.mmap(None, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)


class MemoryMap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in (
        "start_code", "end_code", "start_data", "end_data", "start_brk", "brk", "start_stack",
        "arg_start", "arg_end", "env_start", "env_end", "auxv")] + [
        ("auxv_size", ctypes.c_uint32), ("exe_fd", ctypes.c_uint32)]


with open("/proc/self/stat") as file:
    text = file.read()
fields = text[text.rindex(")") + 2:].split()
field = lambda number: int(fields[number - 3])
memory = MemoryMap(field(26), field(27), field(45), field(46), field(47), libc.sbrk(0), field(28), field(48), field(49),
                   area, area + SIZE - 4096, 0, 0, 0xFFFFFFFF)
if libc.prctl(PR_SET_MM, PR_SET_MM_MAP, ctypes.byref(memory), ctypes.sizeof(memory), 0):
    raise OSError(ctypes.get_errno(), "prctl")
print("ready", flush=True)
time.sleep(300)
