"""Every chart of a course looks the same, and none depends on telling colours apart by hue alone."""

from __future__ import annotations

from coursekit.prompts import chart_style
from coursekit.prompts.charts import OKABE_ITO


def test_the_style_of_charts() -> None:
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        assert chart_style() is None
        settings = mpl.rcParams
        assert settings["figure.figsize"] == [7, 4]
        assert (settings["figure.dpi"], settings["font.size"]) == (110, 11)
        assert not settings["axes.spines.top"]
        assert not settings["axes.spines.right"]
        assert (settings["axes.titlelocation"], settings["axes.titleweight"]) == ("left", "bold")
        assert [c["color"] for c in settings["axes.prop_cycle"]] == list(OKABE_ITO)
    assert len(set(OKABE_ITO)) == 8
