"""What a merchant should have in place before it sells in another category, and what real figures say of it (pure).

The requirements are sets of the stage ``launch``. The apps that own the rows register at start who counts a figure
or an effect; nothing here knows where they come from.
"""
