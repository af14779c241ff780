"""The course's models: SageMaker, Bedrock, and the services with a model of their own."""

from __future__ import annotations

import json
from typing import Any

from scenarios.course_part import PRIVATE_BUCKET, PROMPTS_BUCKET, SECOND_REGION, THIRD_REGION, Course, part
from scenarios.emulator import ACCOUNT, HOME_REGION

IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/course:1"
BASE_MODEL = f"arn:aws:bedrock:{HOME_REGION}::foundation-model/amazon.titan-text-lite-v1"
MADE = "2026-11-01T08:00:00Z"
PROMPTS = "/course/prompts"
LEXICON = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en-US">
<lexeme><grapheme>IAM</grapheme><alias>I am</alias></lexeme></lexicon>"""


@part({
    "sagemaker-notebook-root-access": 1, "sagemaker-notebook-direct-internet": 1, "sagemaker-notebook-not-in-vpc": 1,
    "sagemaker-notebook-not-kms": 1, "sagemaker-execution-role-too-wide": 1,
})  # fmt: skip
def notebooks(course: Course) -> None:
    """A notebook, on its own or in the VPC."""
    safe: dict[str, Any] = {
        "RootAccess": "Disabled", "DirectInternetAccess": "Disabled", "KmsKeyId": course.made["key"],
        "SubnetId": course.made["subnet"], "SecurityGroupIds": [course.made["group_ssh"]],
    }  # fmt: skip
    course.client("sagemaker").create_notebook_instance(
        NotebookInstanceName="course", InstanceType="ml.t3.medium", RoleArn=course.role,
        **(safe if course.is_right else {"RootAccess": "Enabled", "DirectInternetAccess": "Enabled"}),
    )  # fmt: skip


@part({"sagemaker-model-no-network-isolation": 1, "sagemaker-model-role-too-wide": 1, "sagemaker-model-no-card": 1})
def models(course: Course) -> None:
    """A model, and the card that says what it is for. moto forgets isolation and keeps the VPC."""
    sagemaker = course.client("sagemaker")
    network = {"SecurityGroupIds": ["sg-12345678"], "Subnets": ["subnet-12345678"]} if course.is_right else {}
    sagemaker.create_model(
        ModelName="course", ExecutionRoleArn=course.role, PrimaryContainer={"Image": IMAGE},
        **({"VpcConfig": network} if network else {}),
    )  # fmt: skip
    if course.is_right:
        sagemaker.create_model_card(ModelCardName="course", Content="{}", ModelCardStatus="Approved")


@part({"sagemaker-endpoint-not-kms": 1, "sagemaker-endpoint-not-monitored": 1})
def endpoints(course: Course) -> None:
    """The model in service."""
    sagemaker = course.client("sagemaker")
    variant = {"VariantName": "all", "ModelName": "course", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    capture = {
        "EnableCapture": True, "InitialSamplingPercentage": 10, "DestinationS3Uri": f"s3://{course.bucket}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }  # fmt: skip
    safe: dict[str, Any] = {"KmsKeyId": course.made["key"], "DataCaptureConfig": capture} if course.is_right else {}
    sagemaker.create_endpoint_config(EndpointConfigName="course", ProductionVariants=[variant], **safe)
    sagemaker.create_endpoint(EndpointName="course", EndpointConfigName="course")


@part({"sagemaker-domain-role-too-wide": 1})
def studio(course: Course) -> None:
    """A domain."""
    course.client("sagemaker").create_domain(
        DomainName="course", AuthMode="IAM", DefaultUserSettings={"ExecutionRole": course.role},
        SubnetIds=[course.made["subnet"]], VpcId=course.made["vpc"],
    )  # fmt: skip


@part({
    "bedrock-invocation-logging-partial": 1, "bedrock-invocation-logging-no-s3-for-large-data": 1,
    "bedrock-invocation-log-destination-missing": 1, "bedrock-invocation-log-group-never-expires": 1,
    "bedrock-invocation-log-bucket-public": 1,
})  # fmt: skip
def invocation_log(course: Course) -> None:
    """What is written down of the prompts: at fault in one region to a log group only, in another to a public bucket
    and to a log group that is not there."""
    logs = course.client("logs")
    logs.create_log_group(logGroupName=PROMPTS)
    if course.is_right:
        logs.put_retention_policy(logGroupName=PROMPTS, retentionInDays=30)
    group = {"cloudWatchConfig": {"logGroupName": PROMPTS, "roleArn": course.role}}
    bucket = {"s3Config": {"bucketName": PRIVATE_BUCKET if course.is_right else PROMPTS_BUCKET}}
    all_data = {f"{kind}DataDeliveryEnabled": True for kind in ("text", "image", "embedding", "video", "audio")}
    if course.is_right:
        settings: dict[str, dict[str, Any]] = {HOME_REGION: {**group, **bucket, **all_data}}
    else:
        no_pictures = {**all_data, "imageDataDeliveryEnabled": False}
        settings = {HOME_REGION: {**group, **no_pictures}, THIRD_REGION: {**group, **bucket, **all_data}}
    for region, setting in settings.items():
        course.client("bedrock", region).put_model_invocation_logging_configuration(loggingConfig=setting)


@part({"bedrock-agent-without-guardrail": 1, "bedrock-agent-role-too-wide": 1, "bedrock-no-guardrail": 1})
def agents(course: Course) -> None:
    """An agent. moto forgets its guardrail, so there is none when put right."""
    if not course.is_right:
        course.client("bedrock-agent").create_agent(
            agentName="course", agentResourceRoleArn=course.role, foundationModel="amazon.nova-lite-v1:0",
            instruction="Answer questions on the notes of the course, and on nothing else.",
        )  # fmt: skip


@part({"bedrock-knowledge-base-store-orphaned": 1, "bedrock-no-alarm": 1})
def knowledge_bases(course: Course) -> None:
    """A knowledge base with its store, and a store that outlived its knowledge base. moto has a status that AWS has
    not, so that nobody can tell that the first store bills."""
    if course.is_right:
        return
    aoss, names = course.client("opensearchserverless", SECOND_REGION), ("course", "bedrock-knowledge-base-left")
    resources = [{"ResourceType": "collection", "Resource": [f"collection/{name}" for name in names]}]
    policy = json.dumps({"Rules": resources, "AWSOwnedKey": False, "KmsARN": course.made["key"]})
    aoss.create_security_policy(name="course", type="encryption", policy=policy)
    stores = [aoss.create_collection(name=name, type="VECTORSEARCH")["createCollectionDetail"] for name in names]
    course.client("bedrock-agent", SECOND_REGION).create_knowledge_base(
        name="course", roleArn=course.role,
        knowledgeBaseConfiguration={
            "type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": BASE_MODEL},
        },
        storageConfiguration={
            "type": "OPENSEARCH_SERVERLESS",
            "opensearchServerlessConfiguration": {
                "collectionArn": stores[0]["arn"], "vectorIndexName": "course",
                "fieldMapping": {"vectorField": "v", "textField": "t", "metadataField": "m"},
            },
        },
    )  # fmt: skip


@part({"bedrock-training-bucket-public": 1, "vpc-no-bedrock-endpoint": 1})
def custom_models(course: Course) -> None:
    """A model that Bedrock trained, and a way to it. moto encrypts each with a key of its own."""
    course.client("bedrock").create_model_customization_job(
        jobName="course", customModelName="course", roleArn=course.role, baseModelIdentifier=BASE_MODEL,
        trainingDataConfig={"s3Uri": f"s3://{course.bucket}/train"}, hyperParameters={"epochCount": "1"},
        outputDataConfig={"s3Uri": f"s3://{course.bucket}/model"},
    )  # fmt: skip
    if course.is_right:
        course.client("ec2").create_vpc_endpoint(
            VpcId=course.made["vpc"], ServiceName=f"com.amazonaws.{HOME_REGION}.bedrock-runtime",
            VpcEndpointType="Interface", SubnetIds=[course.made["subnet"]],
        )  # fmt: skip


@part({
    "bedrock-guardrail-no-content-filter": 1, "bedrock-guardrail-no-prompt-attack-filter": 1,
    "bedrock-guardrail-no-pii-filter": 1, "bedrock-guardrail-no-grounding": 1, "bedrock-guardrail-draft-only": 1,
    "bedrock-invocation-logging-off": 1,
})  # fmt: skip
def guardrails(course: Course) -> None:
    """A guardrail: one that guards nothing, beside the knowledge base, or one that guards the custom model. moto has
    none, and the launcher answers in its stead."""
    region, version = (HOME_REGION, "1") if course.is_right else (SECOND_REGION, "DRAFT")
    arn = f"arn:aws:bedrock:{region}:{ACCOUNT}:guardrail/g1"
    same = {"name": "course", "status": "READY", "version": version, "createdAt": MADE, "updatedAt": MADE}
    filters = [{"type": kind, "inputStrength": "HIGH", "outputStrength": "NONE"} for kind in ("HATE", "PROMPT_ATTACK")]
    guards: dict[str, Any] = {
        "contentPolicy": {"filters": filters},
        "sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "action": "ANONYMIZE"}]},
    }
    detail = {"guardrailId": "g1", "guardrailArn": arn, **same, **(guards if course.is_right else {})}
    course.emulator.set({
        "replies": {
            f"bedrock:ListGuardrails {region}": {"guardrails": [{"id": "g1", "arn": arn, **same}]},
            f"bedrock:GetGuardrail {region}": detail,
        }
    })  # fmt: skip


@part({"polly-lexicon-left": 1, "transcribe-vocabulary-left": 1})
def speech(course: Course) -> None:
    """What exercises leave behind and forget, and what costs nothing."""
    if course.is_right:
        return
    course.client("polly").put_lexicon(Name="course", Content=LEXICON)
    course.client("transcribe").create_vocabulary(VocabularyName="course", LanguageCode="en-US", Phrases=["SageMaker"])


PARTS = (
    notebooks, models, endpoints, studio, invocation_log, agents, knowledge_bases, custom_models, guardrails, speech
)  # fmt: skip
