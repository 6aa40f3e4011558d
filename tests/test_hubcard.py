"""Cards for the Hugging Face Hub: metadata, scores with their protocol, citations."""

import json

import pytest
from conftest import small
from huggingface_hub import ModelCard

import ganzoo
from ganzoo import hub, hubcard, pretrained, registry

REPO = "org/mine"


@pytest.fixture
def folder(tmp_path):
    ganzoo.save(small("wgan_gp"), tmp_path / "mine")
    scores = [{"metric": "kid", "value": 0.1, "interval": [0.09, 0.11], "split": "test"}]
    (tmp_path / "mine" / "metrics.json").write_text(json.dumps(scores))
    return tmp_path / "mine"


def test_the_card_s_metadata_tell_the_protocol(folder):
    card = ModelCard(str(hubcard.card(folder, REPO)))
    data = card.data.to_dict()
    assert data["license"] == "apache-2.0" and data["library_name"] == "ganzoo"
    assert data["pipeline_tag"] == "unconditional-image-generation"
    assert {"gan", "wgan_gp", "arxiv:1704.00028"} <= set(data["tags"])
    (result,) = card.data.eval_results
    assert (result.metric_type, result.metric_value, result.dataset_split) == ("kid", 0.1, "test")
    assert result.metric_args["interval"] == [0.09, 0.11]
    for part in ("Intended use and limits", "Citation", f'load("hf://{REPO}")', "Licence"):
        assert part in card.text


@pytest.mark.parametrize("name", ganzoo.list_models())
def test_every_shipped_model_has_a_card(name):
    data = hubcard.card(name).data.to_dict()
    hours = pretrained.read(name, pretrained.RECORD)["training"]["cpu_seconds"] / 3600
    assert abs(data["training_cpu_hours"] - hours) < 0.01 and data["datasets"]


def test_every_paper_can_be_cited(system):
    paper = hubcard.citation(registry.get(system))
    assert 2014 <= int(paper["year"]) <= 2026 and len(paper["title"]) > 10
    assert " and " in paper["author"] and len(paper["eprint"]) >= 9


def test_names_of_references():
    assert hub.name_of("hf://org/name@main") == "name" and not hub.is_ref("wgan_gp_cifar10")


def test_a_card_from_the_hub_is_not_wrapped_twice(folder):
    card = str(hubcard.card(folder, REPO))
    (folder / "README.md").write_text(card)
    assert str(hubcard.card(folder, REPO)) == card


def test_scores_that_are_none_are_refused(folder):
    (folder / "metrics.json").write_text('[{"metric": "kid"}]')
    with pytest.raises(ValueError, match="metrics.json must be a list of records with `metric`"):
        hubcard.card(folder)
    (folder / "metrics.json").unlink()
    assert "model-index" not in hubcard.card(folder).data.to_dict()
