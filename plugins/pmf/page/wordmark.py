"""The mark across the pages of a draft in Word: the shape that Word's own Design, Watermark puts into the headers."""

from __future__ import annotations

from typing import Any

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from pmf.page.draft import WATERMARK

# Marked as an artefact: the banner says the same in words, and screen readers pass the shape over.
_SHAPE = """\
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
  <w:rPr><w:noProof/></w:rPr>
  <w:pict>
    <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
      <v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
        <v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>
        <v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>
      <v:path textpathok="t" o:connecttype="custom"/>
      <v:textpath on="t" fitshape="t"/>
    </v:shapetype>
    <v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{number}" type="#_x0000_t136" alt="" stroked="f" fillcolor="#d9d9d9"
        style="position:absolute;margin-left:0;margin-top:0;width:430pt;height:160pt;rotation:-35;z-index:-251658752;\
mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin">
      <v:fill opacity=".5"/>
      <v:textpath style="font-family:&quot;Arial&quot;;font-weight:bold;font-size:1pt" string="{words}"/>
    </v:shape>
  </w:pict>
</w:r>"""
# Above what Word numbers its own shapes with.
_FIRST_NUMBER = 4097


def mark_pages(word: WordDocument) -> None:
    """Put the mark behind the text of every page: into each header there is, or into one made for it."""
    for number, header in enumerate(_headers(word) or [_new_header(word)], _FIRST_NUMBER):
        next(header.iter(qn("w:p"))).append(parse_xml(_SHAPE.format(number=number, words=WATERMARK)))


def _headers(word: WordDocument) -> list[Any]:
    """Find the headers as filled in: python-docx still knows those of the template."""
    parts = (relation.target_part for relation in word.part.rels.values() if relation.reltype == RELATIONSHIP_TYPE.HEADER)
    return [part.element for part in parts]


def _new_header(word: WordDocument) -> Any:
    header = word.sections[0].header
    header.is_linked_to_previous = False
    return header.part.element
