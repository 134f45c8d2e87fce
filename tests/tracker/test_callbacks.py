"""Callbacks without their libraries: importable, one sentence where the library is missing, the same face on stand-ins."""

from __future__ import annotations

import importlib
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest

from wattgram.errors import MissingExtraError
from wattgram.tracker import callbacks
from wattgram.tracker.journal import read_runs

HOME = "wattgram.tracker.callbacks"


def test_importing_the_callbacks_loads_no_library():
    """The package is there without transformers, lightning and keras, and loads none of them."""
    script = (
        "import sys, wattgram.tracker.callbacks; "
        "print({'transformers', 'lightning', 'keras', 'torch', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("name", "library"),
    [("HuggingFaceCallback", "transformers"), ("LightningCallback", "lightning"), ("KerasCallback", "keras")],
)
def test_a_missing_library_is_one_sentence(name, library, monkeypatch):
    """Without its library the class says which to install."""
    for one in (library, "pytorch_lightning", "lightning.pytorch", "keras.callbacks"):
        monkeypatch.setitem(sys.modules, one, None)
    importlib.import_module(callbacks._HOME[name]).callback_class.cache_clear()
    with pytest.raises(MissingExtraError, match=f"pip install {library}"):
        getattr(callbacks, name)


@pytest.fixture
def stand_in(monkeypatch):
    """Put a module with a class `Callback` in the place of a library."""

    def put(name, kind):
        module = ModuleType(name)
        setattr(module, kind, type(kind, (), {"params": None, "__init__": lambda self: None}))
        monkeypatch.setitem(sys.modules, name.partition(".")[0], ModuleType(name.partition(".")[0]))
        monkeypatch.setitem(sys.modules, name, module)

    return put


def check(runs, tracker):
    """Two epochs of 60 s at 50 W."""
    (run,) = read_runs(runs)
    assert run.state == "finished"
    assert run.tasks() == {"epoch 1": pytest.approx((60, 3000)), "epoch 2": pytest.approx((60, 3000))}
    assert tracker.predict().fraction == 1.0


def test_the_face_of_transformers(stand_in, runs, clock, constant):
    """Two epochs by the calls that a Trainer makes, and the figures in its last log."""
    stand_in("transformers", "TrainerCallback")
    importlib.import_module(f"{HOME}.huggingface").callback_class.cache_clear()
    callback = callbacks.HuggingFaceCallback("FR", runs=runs, meters=[constant()], clock=clock)
    state = SimpleNamespace(epoch=0.0, global_step=0, max_steps=20, log_history=[])
    callback.on_train_begin(None, state, None)
    for epoch in range(2):
        callback.on_epoch_begin(None, state, None)
        for _ in range(10):
            clock.advance(6)
            state.global_step += 1
            callback.on_step_end(None, state, None)
        state.epoch = epoch + 1.0
        callback.on_epoch_end(None, state, None)
    logs = {"train_runtime": 120.0}
    state.log_history.append(dict(logs))
    callback.on_log(None, state, None, logs=logs)
    callback.on_train_end(None, state, None)
    check(runs, callback.tracker)
    assert logs["energy_kwh"] == pytest.approx(callback.tracker.footprint().energy.central)
    assert logs["operational_kg"] > 0
    assert state.log_history[-1] == logs


def test_the_face_of_lightning(stand_in, runs, clock, constant):
    """Two epochs by the calls that Lightning makes."""
    stand_in("lightning.pytorch", "Callback")
    importlib.import_module(f"{HOME}.lightning").callback_class.cache_clear()
    callback = callbacks.LightningCallback(runs=runs, meters=[constant()], clock=clock)
    trainer = SimpleNamespace(current_epoch=0, global_step=0, estimated_stepping_batches=20)
    callback.on_fit_start(trainer, None)
    for epoch in range(2):
        trainer.current_epoch = epoch
        callback.on_train_epoch_start(trainer, None)
        for _ in range(10):
            clock.advance(6)
            trainer.global_step += 1
            callback.on_train_batch_end(trainer, None, None, None, 0)
        callback.on_train_epoch_end(trainer, None)
    callback.on_fit_end(trainer, None)
    check(runs, callback.tracker)


def test_the_face_of_keras(stand_in, runs, clock, constant):
    """Two epochs by the calls that Keras makes."""
    stand_in("keras.callbacks", "Callback")
    importlib.import_module(f"{HOME}.keras").callback_class.cache_clear()
    callback = callbacks.KerasCallback(runs=runs, meters=[constant()], clock=clock)
    callback.params = {"steps": 10, "epochs": 2}
    callback.on_train_begin()
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        for batch in range(10):
            clock.advance(6)
            callback.on_train_batch_end(batch)
        callback.on_epoch_end(epoch)
    callback.on_train_end()
    check(runs, callback.tracker)
