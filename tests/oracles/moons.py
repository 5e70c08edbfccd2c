"""Writes the oracle of tests/two_moons_test.cpp: scikit-learn's two moons.

Run, from the top of the tree, with Debian 12's python3-sklearn (1.2.1) and python3-numpy (1.24.2):
    /usr/bin/python3 tests/oracles/moons.py > tests/oracles/moons.csv

NumPy's AVX-512 sin and cos differ from the C library's in the last bit, so they are switched off
here (before NumPy is loaded): published_moons then gives these very bits on Debian 12.
"""

import os

os.environ["NPY_DISABLE_CPU_FEATURES"] = "AVX512F AVX512CD AVX512_SKX"


from sklearn.datasets import make_moons

print("samples,noise,seed,sample,x,y,label")
for samples, noise, seed in [(100, 0.1, 1337), (7, 0.3, 0), (1, 0.1, 5), (64, 0.0, 4294967295)]:
    points, classes = make_moons(samples, noise=noise, random_state=seed)
    for sample, (x, y) in enumerate(points.tolist()):
        print(f"{samples},{noise!r},{seed},{sample},{x!r},{y!r},{2 * classes[sample] - 1}")
