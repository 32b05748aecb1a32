"""SQL of the hand-made pages, one file per question; run by `coalition.asking` and by tests/test_site.py."""
