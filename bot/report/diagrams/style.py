"""How pictures look. A page's own colours win; without them there is one set for each light."""

_LIGHT = {
    "ink": "#1f2328",
    "paper": "#ffffff",
    "quiet": "#59636e",
    "added": "#1a7f37",
    "changed": "#9a6700",
    "removed": "#d1242f",
    "accent": "#0969da",
}
_DARK = {
    "ink": "#f0f6fc",
    "paper": "#0d1117",
    "quiet": "#9198a1",
    "added": "#3fb950",
    "changed": "#d29922",
    "removed": "#f85149",
    "accent": "#4493f8",
}


def _colours(colours: dict[str, str]) -> str:
    return "".join(f"--dg-{name}:var(--{name},{value});" for name, value in colours.items())


_SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
_MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace'

STYLE = f"""
.dg{{{_colours(_LIGHT)}width:100%;height:auto;font:12px {_SANS}}}
@media (prefers-color-scheme:dark){{.dg{{{_colours(_DARK)}}}}}
.dg text{{fill:var(--dg-ink)}}
.dg .page,.dg .paper{{fill:var(--dg-paper)}}
.dg .mono,.dg .column,.dg .type,.dg .keys{{font-family:{_MONO}}}
.dg .name{{font-weight:600;font-size:13px}}
.dg .head{{font-weight:600;font-size:15px}}
.dg .small{{font-size:11px}}.dg .tiny{{font-size:10px}}
.dg text.quiet,.dg .type,.dg .keys,.dg .note{{fill:var(--dg-quiet)}}
.dg .type,.dg .note{{text-anchor:end}}.dg .keys{{font-size:10px}}.dg .note{{font-size:11px}}
.dg .line{{stroke:var(--dg-quiet);stroke-opacity:.35;fill:none}}
.dg .rule{{stroke:var(--dg-quiet);stroke-opacity:.22;fill:none}}
.dg .box{{fill:var(--dg-paper);stroke:var(--dg-quiet);stroke-opacity:.6}}
.dg .bar{{fill:var(--dg-ink);fill-opacity:.07}}
.dg .edge{{stroke:var(--dg-quiet);stroke-width:1.3;fill:none;stroke-linejoin:round}}
.dg .end{{stroke:var(--dg-quiet);stroke-width:1.3;fill:none}}
.dg .ring{{stroke:var(--dg-quiet);stroke-width:1.3;fill:var(--dg-paper)}}
.dg .solid{{fill:var(--dg-quiet)}}
.dg .accent{{fill:var(--dg-accent)}}
{
    "".join(
        f".dg .{name}{{stroke:var(--dg-{name})}}"
        f".dg text.{name},.dg .fill-{name}{{fill:var(--dg-{name});stroke:none}}"
        f".dg .tint-{name}{{fill:var(--dg-{name});fill-opacity:.13;stroke:none}}"
        for name in ("added", "changed", "removed")
    )
}
.dg .box.added,.dg .box.changed,.dg .box.removed{{stroke-width:2;stroke-opacity:1}}
.dg .edge.added,.dg .edge.changed,.dg .edge.removed{{stroke-width:2}}
.dg .box.removed,.dg .edge.removed{{stroke-dasharray:6 4}}
.dg .net:hover .edge{{stroke:var(--dg-accent);stroke-width:2.4}}
.dg .struck{{text-decoration:line-through}}
.dg .sign{{font-weight:700}}
.dg .track{{fill:var(--dg-quiet);fill-opacity:.1}}
.dg .commit{{stroke:var(--dg-accent);stroke-width:1.5;stroke-dasharray:3 3;fill:none}}
.dg .wait-all{{fill:var(--dg-removed)}}.dg .wait-write{{fill:var(--dg-changed)}}
.dg .stripes{{stroke:var(--dg-paper);stroke-width:12;stroke-opacity:.55}}
.dg .stripes{{stroke-dasharray:2 4;stroke-dashoffset:-3}}
.dg .range{{fill:var(--dg-quiet);fill-opacity:.22;stroke:var(--dg-quiet);stroke-opacity:.7}}
.dg .spot{{stroke:var(--dg-paper);stroke-width:1.5}}
.dg .stop{{stroke-width:3;fill:none}}
"""
