"""Beaucoup de tâches à la fois, avec asyncio : ce que Jobs.java fait avec des threads virtuels.

Usage : python jobs.py asyncio|uvloop sleep <nombre>
        python jobs.py asyncio|uvloop throttle <nombre> <places>

Écrit la durée, en secondes, et la plus grande mémoire occupée, en mébioctets, là où le système la dit.
"""
import asyncio
import pathlib
import sys
import time

try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # au-delà, la machine elle-même souffrirait
except (ImportError, ValueError, OSError):
    pass  # un système sans cette limite


async def passing(queue):
    await queue.put(None)
    try:
        pass
    finally:
        await queue.get()


async def measure(job):
    start = time.perf_counter()
    await asyncio.gather(*(job() for _ in range(count)))
    print(f"seconds={time.perf_counter() - start}")


async def main():
    if kind == "sleep":
        await measure(lambda: asyncio.sleep(1))
    else:
        queue = asyncio.Queue(int(places[0]))
        await measure(lambda: passing(queue))


library, kind, count, *places = sys.argv[1:]
count = int(count)
if library == "uvloop":
    import uvloop as library_of_loops
else:
    library_of_loops = asyncio
loop = library_of_loops.new_event_loop()
loop.run_until_complete(main())
status = pathlib.Path("/proc/self/status")
if status.exists():
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    print(f"memory={int(peak.split()[1]) // 1024}")
