"""What came of the kills of one program, as lines, a table and numbers."""

import collections
import threading

COUNTS = ["orphans", "doubles", "failed", "not empty"]


def number_of(told, count):
    value = told[count]
    return len(value) if isinstance(value, list) else value


class Results:
    """What came of the cells of one program."""

    def __init__(self, runs):
        self.runs = runs
        self.cells = []
        # Kills that could not be driven.
        self.broken = []
        self.lock = threading.Lock()

    def add(self, told):
        with self.lock:
            self.cells.append(told)
            name = f"{told['step']}:{told['call']}:{told['instant']}:{told['parallelism']}"
            name += f" ({told.get('operation')})"
            bad = [f"{count} {told[count]}" for count in COUNTS if told["killed"] and told[count]]
            said = "; ".join(bad) or ("well" if told["killed"] else "it ended before its kill")
            more = filter(None, [told.get("error"), *told.get("planned", [])])
            print(f"{len(self.cells)} {self.runs.tool.name} {name}:", "; ".join([said, *more]), flush=True)

    def killed(self, step=None, instant=None):
        return [
            it for it in self.cells
            if it["killed"]
            and step in (None, it["step"])
            and instant in (None, (it["instant"], it["parallelism"]))
        ]

    def sums(self, step=None, instant=None):
        cells = self.killed(step, instant)
        return [len(cells), *(sum(number_of(it, count) for it in cells) for count in COUNTS)]

    def show(self):
        runs = self.runs
        widths = [10, 12, 11, 7, 9, 9, 8, 10]
        line = lambda *them: print("".join(str(it).ljust(width) for it, width in zip(them, widths)))
        calls = ", ".join(f"{step} {len(them)}" for step, them in runs.calls.items())
        print(f"\n{runs.tool.name}; calls: {calls}")
        line("run", "killed", "at a time", "kills", *COUNTS)
        for step in runs.calls:
            for instant in runs.instants:
                line(step, *instant, *self.sums(step, instant))
        line("all", "", "", *self.sums())
        killed = self.killed()
        damaged = sum(any(it[count] for count in COUNTS) for it in killed)
        locks = sum(it["lock left"] for it in killed), sum(it["lock in the way"] for it in killed)
        print(f"kills with damage: {damaged} of {len(killed)}; locks left: {locks[0]}, in the way: {locks[1]}")
        print(f"runs that ended before their kill: {len(self.cells) - len(killed)}")
        for error, times in collections.Counter(it["error"] for it in killed if it["error"]).most_common():
            print(f"  {times} x {error}")

    def numbers(self):
        runs = self.runs
        return {
            "tool": runs.tool.name, "counts": ["kills", *COUNTS],
            "calls": runs.calls, "seconds undisturbed": runs.seconds, "all": self.sums(),
            "undisturbed plans": {step: sorted(planned) for step, planned in runs.planned.items()},
            "table": {
                f"{step} {at[0]} {at[1]}": self.sums(step, at)
                for step in runs.calls for at in runs.instants
            },
            "cells": self.cells,
        }
