"""The demo world: invented merchants, half a year of their seeding, and partners that speak the wire formats.

``cast`` says who they are, ``world`` lets half a year pass, ``partners`` words it as the platforms would,
``plant`` brings it in through the product's own operations, ``feed`` lets it live on.
No product module may import anything from here.
"""
