"""Pictures as SVG: values in, text out. Each says the same in words, for who cannot see it.

Whoever puts one into a page gives it a box that scrolls sideways, because no picture becomes so
narrow that nobody could read it, and may set its colours: `--ink`, `--paper`, `--quiet`,
`--added`, `--changed`, `--removed` and `--accent`. Without them it follows the reader's light.
"""
