"""What PM4Py reads in an export, as one line of JSON: `python read.py FILE`. Imports nothing of danze."""

import json
import sys

import pm4py

path = sys.argv[1]
if ".xes" in path:
    log = pm4py.read_xes(path)
    told = {"cases": log["case:concept:name"].nunique(), "events": len(log)}
else:
    log = pm4py.read_ocel2_json(path) if path.endswith(".json") else pm4py.read_ocel2_sqlite(path)
    told = {
        "events": len(log.events), "objects": len(log.objects), "relations": len(log.relations), "o2o": len(log.o2o),
        "types": log.objects["ocel:type"].value_counts().to_dict(),
    }  # fmt: skip
print(json.dumps(told))
