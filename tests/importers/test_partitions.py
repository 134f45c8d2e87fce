"""What a site says in its TOML: every slip is said with the key that holds it."""

from __future__ import annotations

import io

import pytest

from wattgram.errors import InputError
from wattgram.importers import read_slurm, renamed

LOG = """JobID|State|Partition|User|Start|End|Elapsed|NCPUS|AllocTRES|TotalCPU
1|COMPLETED|gpu|ada|2024-03-01T10:00:00|2024-03-01T12:00:00|02:00:00|8|cpu=8,gres/gpu:zorkchip=2,mem=64G|01:00:00
"""


def read(site=None, log=LOG, **options):
    """A log with a description of its partitions."""
    return read_slurm(io.StringIO(log), partitions=site, **options)


def text_of(imported, code):
    """The one finding of a code, once every row is out."""
    assert imported.rows
    (found,) = (finding for finding in imported.findings if finding.code == code)
    return found.text


def test_an_unknown_gpu_type_names_both_ways_to_mend_it():
    """The TOML and --map."""
    text = text_of(read(), "unknown-gpu-type")
    assert "[accelerators] zorkchip = ..." in text
    assert "--map" in text


def test_a_gpu_type_with_a_meaning_of_your_own_is_not_said():
    """--map gives it a meaning that the catalog knows; a meaning that it does not know is still said."""
    imported = renamed(read(), {"ZorkChip": "A100"})
    assert [row["hardware"] for row in imported] == ["A100"]
    assert imported.findings == []
    assert "zorkchip" in text_of(renamed(read(), {"zorkchip": "Blork"}), "unknown-gpu-type")


@pytest.mark.parametrize(
    ("site", "said"),
    [
        (
            {"partition": {"gpu": {"accelerator": "A100-SMX4"}}},
            "accelerator of partition gpu 'A100-SMX4' is not known: .*did you mean A100-SXM4-",
        ),
        ({"accelerator": "ZorkChip"}, "accelerator 'ZorkChip' is not known"),
        (
            {"accelerators": {"zorkchip": "A10O"}},
            "zorkchip of \\[accelerators\\] 'A10O' is not known: .*did you mean A1",
        ),
        (
            {"partition": {"cpu": {"processor": "EPIC 7763"}}},
            "processor of partition cpu 'EPIC 7763' is not known: .*did you mean EPYC 7763",
        ),
        (
            {"processor": "EPIC 7763", "cores": 64},
            "processor 'EPIC 7763' is not known: .*did you mean EPYC 7763",
        ),
        ({"processor": "A100"}, "processor 'A100' is not known: it is an accelerator"),
    ],
)
def test_unknown_hardware_of_the_toml_is_an_error_with_its_table_and_the_nearest(site, said):
    """Before a row is out, whether or not a job needs it, and whether or not its cores are stated."""
    with pytest.raises(InputError, match=said):
        assert read(site).rows


def test_a_name_of_your_own_in_the_toml_may_be_one_of_accelerators_or_of_map():
    """accelerator = "big" is what [accelerators] big says, or what --map says; so is a processor with --map."""
    log = LOG.replace(":zorkchip", "")
    own = {"accelerators": {"BIG": "H200"}, "partition": {"gpu": {"accelerator": "big"}}}
    assert [row["hardware"] for row in read(own, log)] == ["H200"]
    mapped = renamed(
        read({"accelerator": "big", "processor": "our node"}, log), {"big": "A100", "our node": "EPYC 7763"}
    )
    assert [row["hardware"] for row in mapped] == ["2xA100 + 8/64 of EPYC 7763 + 64GB"]


def test_an_accelerator_of_a_partition_is_one_gpu():
    """The count is in the log: 8xA100 there would be sixteen for a job of two. A half of a module is one, as Slurm counts."""
    with pytest.raises(
        InputError, match="accelerator of partition gpu '8xA100' cannot be used: it is one GPU"
    ):
        assert read({"partition": {"gpu": {"accelerator": "8xA100"}}}).rows
    half = read({"partition": {"gpu": {"accelerator": "1/2 of MI250X"}}})
    assert [(row["hardware"], row["count"]) for row in half] == [("1/2 of MI250X", 2)]


# --- which GPU it is ------------------------------------------------------------------------------------------------

SXM = {"partition": {"gpu": {"accelerator": "A100-SXM4-80GB"}}}


@pytest.mark.parametrize(
    ("kind", "hardware", "contradicted"),
    [
        ("", "A100-SXM4-80GB", False),
        (":a100", "A100-SXM4-80GB", False),
        (":nvidia_a100", "A100-SXM4-80GB", False),
        (":a100_80gb", "A100-SXM4-80GB", False),
        (":zorkchip", "A100-SXM4-80GB", False),
        (":h100", "h100", True),
        (":nvidia_h100_80gb_hbm3", "nvidia h100 80gb hbm3", True),
        (":nvidia_a100-sxm4-40gb", "nvidia a100-sxm4-40gb", True),
        (":h100_3g.40gb", "3/7 of h100", True),
        (":a100_3g.40gb", "3/7 of A100-SXM4-80GB", False),
        (":3g.40gb", "3/7 of A100-SXM4-80GB", False),
    ],
)
def test_the_accelerator_of_a_partition_refines_the_type_in_the_log_and_never_overrules_it(
    kind, hardware, contradicted
):
    """Untyped, unknown and wider types are what the TOML says; another GPU stays that of the log, and that is said."""
    imported = read(SXM, LOG.replace(":zorkchip", kind))
    assert [(row["hardware"], row["count"]) for row in imported] == [(hardware, 2)]
    assert imported.summary["findings"] == ({"gpu-type-contradicted": 1} if contradicted else {})


@pytest.mark.parametrize(
    ("kind", "site", "hardware", "contradicted"),
    [
        ("mi250", "MI250X", "MI250X", False),
        ("mi250x", "MI250", "mi250x", False),
        ("l40", "L40S", "L40S", False),
        ("nvidia_a10", "A10G", "A10G", False),
        ("rtx2080", "RTX 2080 Ti", "RTX 2080 Ti", False),
        ("v100", "V100S-PCIe-32GB", "V100S-PCIe-32GB", False),
        ("a10", "A100-SXM4-80GB", "a10", True),
        ("mi250", "MI300X", "mi250", True),
        ("h100", "GH200", "h100", True),
    ],
)
def test_a_wider_word_of_one_family_contradicts_no_closer_one(kind, site, hardware, contradicted):
    """Whichever of the two, log and TOML, says it more closely holds; A10 is no short form of A100."""
    imported = read({"partition": {"gpu": {"accelerator": site}}}, LOG.replace(":zorkchip", f":{kind}"))
    assert [row["hardware"] for row in imported] == [hardware]
    assert ("gpu-type-contradicted" in imported.summary["findings"]) is contradicted


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("aws:p4d.24xlarge", "a cloud instance with 8 of A100-SXM4-40GB.*write one of them: A100-SXM4-40GB"),
        ("8xA100", "the log says how many"),
        ("A100 + EPYC 7763", "nothing beside it"),
    ],
)
def test_one_gpu_is_one_gpu_wherever_it_is_said(word, said):
    """A count, an instance or a host in the word of one GPU would be taken times the count in the log: 8 times 8."""
    for site in (
        {"accelerator": word},
        {"partition": {"gpu": {"accelerator": word}}},
        {"accelerators": {"zorkchip": word}},
    ):
        with pytest.raises(InputError, match=said):
            list(read(site))
    with pytest.raises(InputError, match=said):
        list(read(None, hardware=word))


def test_an_unknown_word_of_the_toml_says_how_to_make_it_known():
    """--map, --overlay and its page; what is like it, and nothing where nothing is."""
    for key in ("accelerator", "processor"):
        with pytest.raises(InputError) as caught:
            list(read({"partition": {"gpu": {key: "wonder chip"}}}))
        text = str(caught.value)
        assert "--map" in text
        assert "--overlay adds a row of your own (docs/overlays.md)" in text
        assert "did you mean" not in text
    with pytest.raises(InputError, match="did you mean H100"):
        list(read({"partition": {"gpu": {"accelerator": "H10O"}}}))


def test_a_contradicted_type_is_said_once_a_partition_and_accelerators_settles_it():
    """The sentence names both, which was taken, and the line that says otherwise."""
    row = LOG.splitlines()[1].replace("zorkchip", "h100")
    log = "\n".join(
        (
            LOG.splitlines()[0],
            row,
            row.replace("1|", "2|", 1),
            row.replace("1|", "3|", 1).replace("|gpu|", "|big|"),
        )
    )
    site = {"partition": {name: {"accelerator": "A100-SXM4-80GB"} for name in ("gpu", "big")}}
    imported = read(site, log)
    assert [row["hardware"] for row in imported] == ["h100"] * 3
    first, second = (f.text for f in imported.findings if f.code == "gpu-type-contradicted")
    assert "type 'h100' where accelerator of [partition.gpu] says A100-SXM4-80GB" in first
    assert "h100 is taken" in first
    assert '[accelerators] "h100" = "A100-SXM4-80GB"' in first
    assert "[partition.big]" in second
    settled = read(site | {"accelerators": {"h100": "A100-SXM4-80GB"}}, log)
    assert [row["hardware"] for row in settled] == ["A100-SXM4-80GB"] * 3
    assert "gpu-type-contradicted" not in settled.summary["findings"]
    mapped = renamed(read(site, log), {"h100": "H100-SXM5-80GB"})
    assert [row["hardware"] for row in mapped] == ["H100-SXM5-80GB"] * 3
    assert "gpu-type-contradicted" not in mapped.summary["findings"]


def test_hardware_is_for_gpus_that_the_log_does_not_name():
    """--hardware names the untyped; a type that it contradicts stays."""
    assert [row["hardware"] for row in read(None, LOG.replace(":zorkchip", ""), hardware="T4")] == ["T4"]
    imported = read(None, LOG.replace("zorkchip", "v100"), hardware="T4")
    assert [row["hardware"] for row in imported] == ["v100"]
    assert "--hardware says T4" in text_of(
        read(None, LOG.replace("zorkchip", "v100"), hardware="T4"), "gpu-type-contradicted"
    )


def test_a_type_of_two_meanings_names_both_and_how_to_say_which():
    """rtx6000 is a Quadro RTX 6000 or an RTX 6000 Ada; the TOML or --map says which, and then nothing is said."""
    log = LOG.replace("zorkchip", "rtx6000")
    text = text_of(read(log=log + log.splitlines()[1].replace("1|", "2|", 1)), "ambiguous-gpu-type")
    assert "Quadro RTX 6000 (260 W) or RTX 6000 Ada (300 W)" in text
    assert '[accelerators] "rtx6000" = ' in text
    assert "--map, a CSV with the line rtx6000," in text
    for imported in (
        read({"accelerators": {"rtx6000": "RTX 6000 Ada"}}, log),
        read({"partition": {"gpu": {"accelerator": "RTX 6000 Ada"}}}, log),
        renamed(read(log=log), {"rtx6000": "RTX 6000 Ada"}),
    ):
        assert [row["hardware"] for row in imported] == ["RTX 6000 Ada"]
        assert imported.summary["findings"] == {}
    said = text_of(read({"partition": {"gpu": {"accelerator": "rtx6000"}}}, log), "ambiguous-gpu-type")
    assert "write which in accelerator of [partition.gpu]" in said


@pytest.mark.parametrize(
    ("gres", "gpus"),
    [
        ("gres/gpu:a100_1g.5gb=1", 1 / 7),
        ("gres/gpu:a100_3g.20gb=2,gres/gpu:a100_1g.5gb=1", 1),
        ("gres/gpu:1g.6gb=2", 0.5),
        ("gres/gpu:1g.5gb=1", 1 / 7),
        ("gres/gpu:a100=2", 2),
    ],
)
def test_an_instance_counts_as_its_share_of_a_gpu(gres, gpus):
    """A 1g.5gb of an A100 is a seventh in `gpus` and in the GPU-hours, as it is in the hardware."""
    imported = read(log=LOG.replace("gres/gpu:zorkchip=2", gres))
    assert [row["gpus"] for row in imported] == [pytest.approx(gpus)]
    assert imported.summary["gpu_hours"] == pytest.approx(2 * gpus)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ({"where": "Atlantis"}, "where 'Atlantis' is not known"),
        ({"partition": {"gpu": {"where": "Atlantis"}}}, "where of partition gpu 'Atlantis' is not known"),
    ],
)
def test_an_unknown_place_of_the_toml_is_an_error(site, said):
    """As one of --where is; and one that --map knows is none."""
    with pytest.raises(InputError, match=said):
        assert read(site).rows
    assert renamed(read(site), {"Atlantis": "FI"}).rows[0]["where"] == "FI"


@pytest.mark.parametrize("name", ["acelerators", "partiton"])
def test_an_unknown_table_lists_the_tables(name):
    """[acelerators] is an error that says which tables there are, and the nearest."""
    with pytest.raises(InputError, match=r"the tables are \[partition.NAME\].*did you mean"):
        read({name: {"a100l": "A100"}})


def test_the_plural_of_the_table_is_read_and_a_partition_is_described_once():
    """[partitions.gpu] is [partition.gpu]; both together are one description too many."""
    gpu = {"accelerator": "A100", "pue": 1.3}
    assert read({"partitions": {"gpu": gpu}}).rows == read({"partition": {"gpu": gpu}}).rows
    with pytest.raises(InputError, match="partition 'gpu' cannot be used: it is described twice"):
        read({"partition": {"gpu": gpu}, "partitions": {"gpu": {"load": 0.5}}})


def test_an_unknown_key_names_the_nearest_and_a_missing_toml_the_option():
    """A slip in a key is an error before a row is read; so is a TOML that is not there."""
    with pytest.raises(InputError, match=r"key of partition gpu 'acelerator'.*did you mean accelerator"):
        read({"partitions": {"gpu": {"acelerator": "A100"}}})
    with pytest.raises(InputError, match=r"key of the file 'pues'.*did you mean pue"):
        read({"pues": 1.2})
    with pytest.raises(InputError, match=r"partitions 'nowhere\.toml' cannot be used: No such file"):
        read("nowhere.toml")


def test_a_partition_that_no_job_was_in_is_said_once():
    """With the partitions that the log has."""
    site = {"partition": {"gpux": {"load": 0.5}, "gpu": {"accelerator": "A100"}}}
    text = text_of(read(site), "no-job-in-partition")
    assert "[partition.gpux]" in text
    assert "[partition.gpu]" not in text
    assert text.endswith("the partitions of the log are gpu")


def test_a_percentage_of_load_is_its_share():
    """load = "80%" in the TOML is 0.8."""
    site = {"partition": {"gpu": {"accelerator": "A100", "load": "80%"}}}
    assert read(site).rows[0]["load"] == 0.8


def test_one_core_at_its_watts_is_read_by_a_batch():
    """`1 core at 9.4W`, which is a hardware word of 9.4 W."""
    from wattgram.run import parse_hardware

    log = LOG.replace("|8|cpu=8,gres/gpu:zorkchip=2,mem=64G", "|1|cpu=1")
    (row,) = read({"watts_per_core": 9.4}, log).rows
    assert row["hardware"] == "1 core at 9.4W"
    assert [part.kind for part in parse_hardware(row["hardware"])] == ["cores"]


def test_a_duration_that_is_none_is_that_between_start_and_end():
    """Elapsed is `banana`: two hours from Start to End, which is said; without these the hours are unknown."""
    imported = read({"accelerator": "A100"}, LOG.replace("02:00:00|8", "banana|8"))
    assert [row["hours"] for row in imported] == [2.0]
    assert [(finding.code, finding.unusable) for finding in imported.findings] == [("time-unreadable", False)]
    assert "'banana'" in imported.findings[0].text
    log = LOG.replace("2024-03-01T10:00:00|2024-03-01T12:00:00|02:00:00", "Unknown|Unknown|banana")
    imported = read({"accelerator": "A100"}, log)
    assert [row["hours"] for row in imported] == [None]
    assert [(finding.code, finding.unusable) for finding in imported.findings] == [("hours-unknown", True)]


def test_names_that_a_narrow_column_cut_off_are_said_once():
    """Two users may be one `verylong+`; of AllocTRES what is whole is read, and the finding says so."""
    log = (
        "       JobID      User      State    Elapsed      NCPUS  AllocTRES \n"
        "------------ --------- ---------- ---------- ---------- ---------- \n"
        "1            verylong+  COMPLETED   01:00:00          8 cpu=8,mem+ \n"
        "2            verylong+  COMPLETED   01:00:00          8 cpu=8,mem+ \n"
    )
    imported = read(log=log)
    assert [(row["cpus"], row["gpus"]) for row in imported] == [(8, None), (8, None)]
    texts = [finding.text for finding in imported.findings if finding.code == "cell-cut-off"]
    assert sum("User 'verylong+' is cut off" in text for text in texts) == 1
    assert sum("the rest is not, so whether it held GPUs is not known" in text for text in texts) == 2
    assert (imported.summary["gpus_unknown"], imported.summary["gpu_hours"]) == (2, 0)


def test_gpus_before_the_cut_are_read_and_a_stump_is_the_shortest_of_its_fields():
    """`gres/gpu=2` stands whole, so two GPUs; ConsumedEn is ConsumedEnergy, though ConsumedEnergyRaw begins so too."""
    log = (
        "       JobID      State    Elapsed          AllocTRES ConsumedEn \n"
        "------------ ---------- ---------- ------------------ ---------- \n"
        "1             COMPLETED   01:00:00 gres/gpu=2,cpu=8,+      3.60M \n"
        "2             COMPLETED   01:00:00 billing=8,cpu=8,m+       720K \n"
    )
    imported = read({"accelerator": "A100"}, log)
    assert [(row["gpus"], row["measured_energy_kwh"]) for row in imported] == [(2, 1.0), (None, 0.2)]
    assert imported.summary["gpus_unknown"] == 1


def test_what_to_ask_sacct_for_is_said_once(tmp_path):
    """Two files that lack the same columns are one finding; others are another, without the long command."""
    paths = []
    for job in (1, 2):
        path = tmp_path / f"{job}.txt"
        path.write_text(f"JobID|Elapsed|NCPUS\n{job}|01:00:00|4\n")
        paths.append(str(path))
    imported = read_slurm(paths)
    assert len(imported.rows) == 2
    texts = [finding.text for finding in imported.findings if finding.code == "missing-columns"]
    assert ["sacct -P" in text for text in texts] == [True]
    (tmp_path / "1.txt").write_text("JobID|NCPUS\n1|4\n")
    imported = read_slurm(paths)
    assert len(imported.rows) == 2
    texts = [finding.text for finding in imported.findings if finding.code == "missing-columns"]
    assert ["sacct -P" in text for text in texts] == [True, False]


@pytest.mark.parametrize(("name", "key"), [("gpu", "gpu"), ("gpu long", '"gpu long"'), ("gpu,cpu", "gpu")])
def test_what_says_a_gpu_names_the_table_of_its_partition(name, key):
    """The finding can be copied into the TOML: `accelerator = ` of [partition.gpu], in quotes where TOML wants them."""
    log = f"JobID|Partition|State|Elapsed|NCPUS|AllocTRES\n1|{name}|COMPLETED|01:00:00|4|cpu=4,gres/gpu=2\n"
    text = text_of(read(log=log), "hardware-unknown")
    assert f"accelerator = of [partition.{key}] in the TOML of --partitions" in text
    (row,) = read({"partition": {name.partition(",")[0]: {"accelerator": "T4"}}}, log).rows
    assert (row["hardware"], row["count"]) == ("T4", 2)
