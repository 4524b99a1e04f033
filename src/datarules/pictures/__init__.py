"""Pictures for print and screen: plain values in, bytes of SVG or PNG out. Nothing here knows the law."""
