"""The child process: one request as JSON on standard input, one PDF on standard output.

Imports nothing of ours, so that it starts fast and holds no secret; limits itself before it begins.
"""

from __future__ import annotations

import json
import resource
import sys


def main() -> None:
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    import typst

    pdf = typst.compile(
        request["template"],
        root=request["root"],
        font_paths=request["fonts"],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(request["data"], ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=request["timestamp"],
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
