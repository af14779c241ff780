"""The course's machines: networks, instances, disks, functions, databases and what stands before them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from scenarios.course_part import REGIONS, Course, part
from scenarios.emulator import ACCOUNT, HOME_REGION

ZONES = ("us-east-1a", "us-east-1b")
WORLD, OFFICE = "0.0.0.0/0", "198.51.100.0/24"
FUNCTION = f"arn:aws:lambda:{HOME_REGION}:{ACCOUNT}:function:course"


@part({
    "vpc-flow-logs-off": 1, "vpc-s3-gateway-endpoint-missing": 1, "subnet-auto-public-ip": 1, "nat-gateway-idle": 1,
})  # fmt: skip
def network(course: Course) -> None:
    """A VPC with a NAT gateway. At fault nothing is in it, and the machines stand in the default VPC."""
    ec2 = course.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(ZONES)
    ]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)
    # moto puts the gateway's interface into the default group of the VPC, AWS into none.
    default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]
    ec2.revoke_security_group_egress(GroupId=default["GroupId"], IpPermissions=default["IpPermissionsEgress"])
    if course.is_right:
        table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=f"com.amazonaws.{HOME_REGION}.s3", RouteTableIds=[table["RouteTableId"]]
        )
        ec2.create_flow_logs(
            ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::{course.bucket}",
        )  # fmt: skip
    else:
        ec2.modify_subnet_attribute(SubnetId=subnets[0], MapPublicIpOnLaunch={"Value": True})
        vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
        subnets = [subnet["SubnetId"] for subnet in found if subnet["AvailabilityZone"] in ZONES]
    course.made.update(vpc=vpc, subnet=subnets[0], other_subnet=subnets[1])


@part({
    "ec2-security-group-ssh-open": 1, "ec2-security-group-rdp-open": 1, "ec2-security-group-all-open": 1,
    "ec2-security-group-unused": 1, "ec2-default-security-group-used": 1,
})  # fmt: skip
def groups(course: Course) -> None:
    """The groups of the machine, by what they open."""
    ec2 = course.client("ec2")
    source = OFFICE if course.is_right else WORLD
    for name, protocol, port in (("ssh", "tcp", 22), ("rdp", "tcp", 3389), ("all", "-1", -1)):
        group = ec2.create_security_group(
            GroupName=f"course-{name}", Description=name, VpcId=course.made["vpc"]
        )["GroupId"]  # fmt: skip
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {"IpProtocol": protocol, "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}
            ],
        )
        course.made[f"group_{name}"] = group
    if not course.is_right:
        ec2.create_security_group(GroupName="course-unused", Description="unused", VpcId=course.made["vpc"])
        ec2.create_network_interface(SubnetId=course.made["subnet"])


@part({"ebs-encryption-by-default-off": 1})
def disks(course: Course) -> None:
    """What a disk is when nobody says anything."""
    if course.is_right:
        for region in REGIONS:
            course.client("ec2", region).enable_ebs_encryption_by_default()


@part({"ami-public": 1, "ebs-snapshot-public": 1})
def images(course: Course) -> None:
    """The image of the machines: one of AWS, or one of the account's own that anyone may use, and its snapshot too.

    moto lists every snapshot of the account among the public ones, so there is none when put right.
    """
    if course.is_right:
        course.made["image"] = "ami-0abcdef1234567890"
        return
    ec2 = course.client("ec2")
    image = ec2.register_image(Name="course", RootDeviceName="/dev/sda1", Architecture="x86_64")["ImageId"]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    snapshot = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    course.made["image"] = image


@part({
    "ec2-instance-imdsv1": 1, "ec2-instance-public": 1, "ec2-instance-no-role": 1, "vpc-default-in-use": 1,
    "vpc-flow-logs-off": 1, "ebs-volume-unencrypted": 1, "ebs-volume-gp2": 1,
})  # fmt: skip
def instances(course: Course) -> None:
    """A machine with its disk. moto forgets what becomes of the disk afterwards."""
    ec2 = course.client("ec2")
    disk = {"VolumeSize": 8, "VolumeType": "gp2", "Encrypted": False}
    safe: dict[str, Any] = {}
    if course.is_right:
        disk = {"VolumeSize": 8, "VolumeType": "gp3", "Encrypted": True, "KmsKeyId": course.made["key"]}
        safe = {"IamInstanceProfile": {"Name": "course-narrow"}}
    started = ec2.run_instances(
        ImageId=course.made["image"], MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=course.made["subnet"],
        SecurityGroupIds=[course.made[f"group_{name}"] for name in ("ssh", "rdp", "all")],
        MetadataOptions={"HttpEndpoint": "enabled", "HttpTokens": "required" if course.is_right else "optional"},
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": disk}],
        **safe,
    )  # fmt: skip
    course.made["instance"] = started["Instances"][0]["InstanceId"]


@part({
    "autoscaling-group-refills": 1, "ec2-instance-imdsv1": 1, "ec2-instance-no-role": 1, "ebs-volume-unencrypted": 1,
    "ebs-volume-gp2": 1,
})  # fmt: skip
def fleets(course: Course) -> None:
    """A group that starts machines again, or one that starts none. moto starts its machine with nothing set."""
    wanted = 0 if course.is_right else 1
    autoscaling = course.client("autoscaling")
    autoscaling.create_launch_configuration(
        LaunchConfigurationName="course", ImageId=course.made["image"], InstanceType="t3.micro",
        SecurityGroups=[course.made["group_ssh"]],
    )  # fmt: skip
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="course", LaunchConfigurationName="course", MinSize=wanted, MaxSize=1,
        DesiredCapacity=wanted, VPCZoneIdentifier=course.made["subnet"],
    )  # fmt: skip


@part({"load-balancer-no-targets": 1})
def balancers(course: Course) -> None:
    """A load balancer, with and without something behind it."""
    elbv2 = course.client("elbv2")
    subnets = [course.made["subnet"], course.made["other_subnet"]]
    balancer = elbv2.create_load_balancer(
        Name="course", Subnets=subnets, SecurityGroups=[course.made["group_ssh"]], Type="application"
    )["LoadBalancers"][0]["LoadBalancerArn"]  # fmt: skip
    if course.is_right:
        group = elbv2.create_target_group(
            Name="course", Protocol="HTTP", Port=80, VpcId=course.made["vpc"], TargetType="instance"
        )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
        elbv2.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )  # fmt: skip
        elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": course.made["instance"], "Port": 80}])


@part({
    "lambda-runtime-deprecated": 1, "lambda-timeout-at-maximum": 1, "lambda-environment-looks-secret": 1,
    "lambda-role-too-wide": 1, "lambda-policy-public": 1, "lambda-public-url": 1,
})  # fmt: skip
def functions(course: Course) -> None:
    """A function with a URL, which moto holds and does not list."""
    functions = course.client("lambda")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return event\n")
    functions.create_function(
        FunctionName="course", Role=course.role, Handler="main.handler", Code={"ZipFile": code.getvalue()},
        Runtime="python3.14" if course.is_right else "python3.8", Timeout=30 if course.is_right else 900,
        Environment={"Variables": {"STAGE": "lab"} if course.is_right else {"DB_PASSWORD": "not-a-secret"}},
    )  # fmt: skip
    caller = {"Principal": "s3.amazonaws.com", "SourceAccount": ACCOUNT} if course.is_right else {"Principal": "*"}
    functions.add_permission(FunctionName="course", StatementId="call", Action="lambda:InvokeFunction", **caller)
    url = {
        "FunctionUrl": "https://course.lambda-url.us-east-1.on.aws/", "FunctionArn": FUNCTION,
        "AuthType": "AWS_IAM" if course.is_right else "NONE", "CreationTime": "2026-11-01T08:00:00Z",
        "LastModifiedTime": "2026-11-01T08:00:00Z", "InvokeMode": "BUFFERED",
    }  # fmt: skip
    course.emulator.set({"replies": {f"lambda:ListFunctionUrlConfigs {HOME_REGION}": {"FunctionUrlConfigs": [url]}}})


@part({"rds-instance-public": 1, "rds-instance-unencrypted": 1})
def databases(course: Course) -> None:
    """A database."""
    course.client("rds").create_db_instance(
        DBInstanceIdentifier="course", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="course", MasterUserPassword="not-a-secret", PubliclyAccessible=not course.is_right,
        StorageEncrypted=course.is_right,
    )  # fmt: skip


@part({"efs-unencrypted": 1})
def file_systems(course: Course) -> None:
    """A file system."""
    course.client("efs").create_file_system(CreationToken="course", Encrypted=course.is_right)


PARTS = (network, groups, disks, images, instances, fleets, balancers, functions, databases, file_systems)
