"""The register of a council as one workbook: written, edited by people, read back and compared with the files row by row.

``words`` and ``columns`` say which sheets and columns there are. Out: ``writer``, ``tablesheet``, ``look``, ``guide``, and
``base``, what the files said at that moment. Back: ``opening`` refuses hostile files, ``reader`` finds the rows,
``cellvalue`` and ``naming`` turn what people write into what the files write, ``row`` judges one row, ``refusal`` words what
is wrong, ``comparison`` says what changes, ``examination`` puts it to the whole register, ``report`` tells it, ``rewriting``
and ``saving`` write the files. Another organisation's register comes in by a map of its columns: ``foreignsheet``,
``columnmap``, ``foreign``, ``written``, ``foreignreport``, and ``guess`` for a map to start from. ``completeness`` says what
a right register still lacks. No database, no clock.
"""
