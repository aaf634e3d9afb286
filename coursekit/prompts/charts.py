"""One look for every chart of a course, readable without telling colours apart."""

from __future__ import annotations

# Okabe and Ito's palette, told apart with every common kind of colour blindness. Yellow is too pale for thin
# lines on white, so it comes late.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#F0E442")


def chart_style() -> None:
    """Draw the charts of this notebook in the course's style."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "figure.figsize": (7, 4),
            "figure.dpi": 110,
            "savefig.dpi": 110,
            "font.size": 11,
            "axes.prop_cycle": cycler(color=OKABE_ITO),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.axisbelow": True,
            "legend.frameon": False,
        }
    )
