"""What `generations get ID` does, with the official SDK: its other baseline."""

import sys

from luma_agents import Luma

print(Luma().generations.get(sys.argv[1]).to_json())
