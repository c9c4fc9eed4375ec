"""The calibration curve as a picture: score against the share that is true."""

from pathlib import Path


def draw(bands: list[tuple[float, float, int, float, float]], path: Path) -> Path:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="perfect")
    axes.plot([b[3] for b in bands], [b[4] for b in bands], marker="o", color="#1f5fa8", label="engine")
    for _, _, rows, mean, true in bands:
        axes.annotate(f"{rows:,}", (mean, true), textcoords="offset points", xytext=(5, -9), fontsize=7)
    axes.set(xlabel="score: probability that it is he", ylabel="share that is he", title="Calibration, tested half")
    axes.legend(loc="upper left")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    return path
