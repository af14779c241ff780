"""What a lab left behind in the account on which other tools were measured: as many of each as there."""

from __future__ import annotations

import json
from typing import Any

from scenarios.emulator import ACCOUNT, Emulator

ZONES = ("us-east-1a", "us-east-1b")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/peers-role-0001"


def seed(emulator: Emulator) -> dict[str, int]:
    """Seed in one region; how many there are of each kind."""
    ec2 = emulator.client("ec2")
    subnets = _subnets(ec2)
    _machines(ec2, subnets[0])
    _balancers(emulator.client("elbv2"), subnets)
    _models(emulator.client("sagemaker"))
    _searches(emulator.client("opensearchserverless"))
    _databases(emulator.client("rds"))
    _small(emulator)
    return {
        "addresses": 5, "volumes": 24, "nat_gateways": 3, "load_balancers": 2, "stopped_instances": 4,
        "endpoints": 3, "notebooks": 3, "collections": 3, "databases": 2, "log_groups": 5, "keys": 2, "secrets": 3,
    }  # fmt: skip


def _subnets(ec2: Any) -> list[str]:
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    blocks = ("10.9.0.0/24", "10.9.1.0/24")
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in zip(blocks, ZONES)
    ]


def _machines(ec2: Any, subnet: str) -> None:
    for _ in range(5):
        ec2.allocate_address(Domain="vpc")
    for _ in range(24):
        ec2.create_volume(AvailabilityZone=ZONES[0], Size=20, VolumeType="gp3")
    for _ in range(3):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    image = ec2.register_image(Name="peers")["ImageId"]
    started = ec2.run_instances(ImageId=image, MinCount=4, MaxCount=4, InstanceType="t3.micro", SubnetId=subnet)
    ec2.stop_instances(InstanceIds=[instance["InstanceId"] for instance in started["Instances"]])


def _balancers(elbv2: Any, subnets: list[str]) -> None:
    for number in range(2):
        elbv2.create_load_balancer(Name=f"peers-{number}", Subnets=subnets, Type="application")


def _models(sagemaker: Any) -> None:
    for number in range(3):
        name = f"peers-{number}"
        sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": f"{ACCOUNT}.dkr.ecr/x:1"}
        )
        variant = {"VariantName": "all", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=ROLE)


def _searches(aoss: Any) -> None:
    policy = {"Rules": [{"ResourceType": "collection", "Resource": [f"collection/peers-{number}" for number in range(3)]}], "AWSOwnedKey": True}
    aoss.create_security_policy(name="peers", type="encryption", policy=json.dumps(policy))
    for number in range(3):
        aoss.create_collection(name=f"peers-{number}", type="VECTORSEARCH")


def _databases(rds: Any) -> None:
    for number in range(2):
        rds.create_db_instance(
            DBInstanceIdentifier=f"peers-{number}", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
            MasterUsername="peers", MasterUserPassword="not-a-secret",
        )  # fmt: skip


def _small(emulator: Emulator) -> None:
    logs, kms, secrets = emulator.client("logs"), emulator.client("kms"), emulator.client("secretsmanager")
    for number in range(5):
        logs.create_log_group(logGroupName=f"/peers/{number}")
    for _ in range(2):
        kms.create_key()
    for number in range(3):
        secrets.create_secret(Name=f"peers-{number}", SecretString="not-a-secret")
