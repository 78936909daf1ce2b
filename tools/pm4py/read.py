"""What PM4Py reads in an export, as one line of JSON: `python read.py FILE`. Imports nothing of danze."""

import json
import sys

import pm4py
from pm4py.objects.ocel.validation import ocel20_rel_validation as tables

path = sys.argv[1]
if ".xes" in path:
    log = pm4py.read_xes(path)
    told = {"cases": log["case:concept:name"].nunique(), "events": len(log)}
else:
    sqlite = path.endswith(".sqlite")
    log = pm4py.read_ocel2_sqlite(path) if sqlite else pm4py.read_ocel2_json(path)
    told = {
        "events": len(log.events), "objects": len(log.objects), "relations": len(log.relations), "o2o": len(log.o2o),
        "types": log.objects["ocel:type"].value_counts().to_dict(), "broken": tables.apply(path)[1] if sqlite else [],
    }  # fmt: skip
print(json.dumps(told))
