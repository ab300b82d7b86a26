"""What a Scrapyd node of ours knows beyond Scrapyd: how workers ended, and which outlived it.

`scrapyd.conf` names these classes. A bare Scrapyd without them can be a node as well; then the
reasons of ends are less exact.
"""
