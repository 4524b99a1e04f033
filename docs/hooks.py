"""Hooks of MkDocs: reference pages are made when the site is built, and nothing inline is left in a page.

The site is served under a content security policy without inline scripts and styles, so those of the theme
are moved into files, and alignment of cells becomes a class.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import reference_pages
import vocabulary_pages
from mkdocs.structure.files import File, Files

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
ALIGNED = re.compile(r' style="text-align: (left|right|center);"')
MOVED: dict[str, str] = {}
OWN = "assets/own.css"
ALIGNMENT = "".join(f".align-{side}{{text-align:{side}!important}}\n" for side in ("left", "right", "center"))


def on_files(files: Files, config: Any) -> Files:
    """Add the reference pages."""
    for path, text in reference_pages.pages().items():
        files.append(File.generated(config, path, content=text))
    for path, text in vocabulary_pages.pages().items():
        files.append(File.generated(config, path, content=_freed(text, "../")))
    files.append(File.generated(config, OWN, content=ALIGNMENT))
    return files


def _moved(text: str, suffix: str) -> str:
    name = f"assets/inline-{hashlib.sha256(text.encode()).hexdigest()[:12]}.{suffix}"
    MOVED[name] = text
    return name


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Move what is inline into files."""
    return _freed(output, "../" * page.file.dest_uri.count("/"))


def on_post_template(output_content: str, template_name: str, config: Any) -> str:
    """Do the same for the page that says there is none; it is shown at any address."""
    return _freed(output_content, "/docs/") if template_name.endswith(".html") else output_content


def _freed(output: str, up: str) -> str:
    output = ALIGNED.sub(r' class="align-\1"', output)
    output = SCRIPT.sub(lambda m: f'<script src="{up}{_moved(m[1], "js")}"></script>', output)
    output = STYLE.sub(lambda m: f'<link rel="stylesheet" href="{up}{_moved(m[1], "css")}">', output)
    return output.replace("</head>", f'<link rel="stylesheet" href="{up}{OWN}"></head>', 1)


def on_post_build(config: Any) -> None:
    """Write the files."""
    for name, text in MOVED.items():
        path = Path(config["site_dir"]) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
