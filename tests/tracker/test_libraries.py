"""Real trainings by the libraries themselves: tiny models made here, on the processor, nothing downloaded.

They need an environment of their own: `tests/tracker/torch_environment.sh` makes it once and runs them in it.
"""

from __future__ import annotations

import importlib
import os
import time

import pytest

from wattgram.tracker.journal import read_runs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore"),  # the libraries' own
]
HOW = "tests/tracker/torch_environment.sh makes the environment and runs this"
EPOCHS = 3


def needs(name):
    """The library, or a skip that says how to have it."""
    return pytest.importorskip(name, reason=f"{name} is not installed here: {HOW}")


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny models on one thread: many threads on few processors only wait for each other."""
    needs("torch").set_num_threads(1)


def check(runs, begin_s, end_s, library):
    """The journal agrees with the loop: its time, its epochs, its energy as power x time, and how it ended."""
    (run,) = read_runs(runs)
    wall_s = end_s - begin_s
    measured_s = run.duration_h * 3600
    assert run.state == "finished"
    assert 0.3 * wall_s < measured_s <= wall_s
    tasks = run.tasks()
    assert {f"epoch {number + 1}" for number in range(EPOCHS)} == set(tasks)
    assert sum(seconds for seconds, _ in tasks.values()) <= measured_s * 1.001
    joules = run.joules()
    assert run.covers == ["cpu:0 (model)", "memory (model)"] or not all("model" in one for one in run.covers)
    if all("model" in one for one in run.covers):
        names = {part.device: part.name for part in run.parts().values()}
        energy = {names[device]: j for device, j in joules.items()}
        rated_w = 2.8 * os.cpu_count() if "vCPU" in run.header["host"]["job"] else None
        memory_w = run.header["environment"]["memory_gb_of_job"] * 0.3725
        assert energy["memory"] == pytest.approx(memory_w * measured_s, rel=1e-6)
        if rated_w and run.header["host"]["job"].startswith(f"{os.cpu_count()} vCPU +"):
            # a busy loop draws more than a machine at rest (0.12 of rated power) and at most 1.02 of it
            assert 0.12 * rated_w * measured_s < energy["cpu:0"] <= 1.02 * rated_w * measured_s
    assert library in run.segments[0].header["environment"]["libraries"]
    return run


def test_a_hugging_face_trainer(runs, tmp_path):
    """A GPT-2 of two small layers trained by `transformers.Trainer`: journal, epochs and the energy in its log."""
    torch, transformers = needs("torch"), needs("transformers")
    needs("accelerate")
    from wattgram.tracker.callbacks import HuggingFaceCallback

    config = transformers.GPT2Config(vocab_size=100, n_positions=32, n_embd=64, n_layer=2, n_head=2)
    model = transformers.GPT2LMHeadModel(config)
    rows = [torch.randint(0, 100, (32,)) for _ in range(64)]
    data = [{"input_ids": row, "labels": row} for row in rows]
    callback = HuggingFaceCallback("FR", runs=runs, interval_s=0.2)
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path / "out"),
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=16,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
    )
    trainer = transformers.Trainer(model=model, args=arguments, train_dataset=data, callbacks=[callback])
    begin_s = time.monotonic()
    trainer.train()
    run = check(runs, begin_s, time.monotonic(), "transformers")
    footprint = callback.tracker.footprint()
    assert footprint.operational.central > 0
    assert callback.tracker.predict().fraction == 1.0
    assert trainer.state.log_history[-1]["energy_kwh"] == pytest.approx(footprint.energy.central)
    assert run.id == callback.tracker.id


@pytest.mark.parametrize("library", ["lightning.pytorch"])
def test_a_lightning_fit(runs, tmp_path, library):
    """A small network fitted by Lightning: journal and epochs."""
    torch, lightning = needs("torch"), needs(library)
    from wattgram.tracker.callbacks import LightningCallback

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 1))

        def training_step(self, batch, _):
            x, y = batch
            return torch.nn.functional.mse_loss(self.net(x), y)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.01)

    data = torch.utils.data.TensorDataset(torch.randn(1024, 64), torch.randn(1024, 1))
    loader = torch.utils.data.DataLoader(data, batch_size=16)
    callback = LightningCallback("FR", runs=runs, interval_s=0.2)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        accelerator="cpu",
        devices=1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=str(tmp_path),
        callbacks=[callback],
    )
    begin_s = time.monotonic()
    trainer.fit(Module(), loader)
    check(runs, begin_s, time.monotonic(), "lightning")
    assert callback.tracker.footprint().operational.central > 0
    assert callback.tracker.predict().fraction == 1.0


def test_a_lightning_fit_that_fails(runs, tmp_path):
    """An exception in the loop is the user's; the run reads as interrupted by it."""
    torch, lightning = needs("torch"), needs("lightning.pytorch")
    from wattgram.tracker.callbacks import LightningCallback

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = torch.nn.Linear(1, 1)

        def training_step(self, _, __):
            raise FloatingPointError("loss is nan")

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.01)

    trainer = lightning.Trainer(
        max_epochs=1,
        accelerator="cpu",
        devices=1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=str(tmp_path),
        callbacks=[LightningCallback(runs=runs)],
    )
    with pytest.raises(FloatingPointError):
        trainer.fit(Module(), torch.utils.data.DataLoader(torch.randn(4, 1)))
    (run,) = read_runs(runs)
    assert (run.state, run.reason) == ("interrupted", "FloatingPointError")


def test_a_keras_fit(runs, monkeypatch):
    """A small model fitted by Keras on torch: journal, epochs and progress."""
    needs("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = needs("keras")
    numpy = importlib.import_module("numpy")
    from wattgram.tracker.callbacks import KerasCallback

    model = keras.Sequential([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    callback = KerasCallback("FR", runs=runs, interval_s=0.2)
    random = numpy.random.default_rng(1)
    x, y = random.standard_normal((2048, 32)), random.standard_normal((2048, 1))
    begin_s = time.monotonic()
    model.fit(x, y, epochs=EPOCHS, batch_size=16, verbose=0, callbacks=[callback])
    check(runs, begin_s, time.monotonic(), "keras")
    assert callback.tracker.predict().fraction == 1.0
