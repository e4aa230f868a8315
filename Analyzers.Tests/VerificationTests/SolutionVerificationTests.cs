using System.Collections.Immutable;
using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<
    BufferLifetime.Analyzers.Tests.VerificationTests.Fakes.BadNameAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class SolutionVerificationTests
{
    [Fact]
    public Task Every_file_counts() =>
        new VerifyCS.Test { TestState = { Sources = { "class C { int [|bad|]; }", "class D { int [|bad|]; }" } } }.RunAsync();

    [Fact]
    public Task Report_in_another_file_is_rejected() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test { TestState = { Sources = { "class C { int [|bad|]; }", "class D { int bad; }" } } }.RunAsync(),
            "not expected: FAKE001 at /0/Test1.cs");

    [Fact]
    public Task Report_in_another_project_is_rejected() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test
            {
                TestState = { Sources = { "class C { }" }, AdditionalProjects = { ["Other"] = { Sources = { "class D { int bad; }" } } } },
            }.RunAsync(),
            "not expected: FAKE001 at /Other/Test0.cs");

    [Fact]
    public Task Project_sees_the_projects_that_it_refers_to() =>
        new VerifyCS.Test
        {
            TestState =
            {
                Sources = { "class C : D { }" },
                AdditionalProjectReferences = { "Other" },
                AdditionalProjects = { ["Other"] = { Sources = { "public class D { int [|bad|]; }" } } },
            },
        }.RunAsync();

    [Fact]
    public Task Location_in_another_file_is_named_by_its_key() =>
        new VerifyCS.Test
        {
            TestState =
            {
                Sources = { "class C { }", "class D { int {|#0:bad|}; }" },
                ExpectedDiagnostics = { VerifyCS.Diagnostic().WithLocation(0).WithArguments("bad") },
            },
        }.RunAsync();

    [Fact]
    public Task Severity_is_configured() =>
        new VerifyCS.Test
        {
            TestState =
            {
                Sources = { "class C { int {|#0:bad|}; }" },
                AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.FAKE001.severity = error\n") },
                ExpectedDiagnostics = { VerifyCS.Diagnostic().WithLocation(0).WithArguments("bad").WithSeverity(DiagnosticSeverity.Error) },
            },
        }.RunAsync();

    [Fact]
    public Task Report_is_configured_away() =>
        new VerifyCS.Test
        {
            TestState =
            {
                Sources = { "class C { int bad; }" },
                AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.FAKE001.severity = none\n") },
            },
        }.RunAsync();

    [Fact]
    public Task Rule_that_is_off_by_default_is_configured_away() =>
        new CSharpVerifier<OffByDefaultAnalyzer>.Test
        {
            TestState =
            {
                Sources = { "class C { int bad; }" },
                AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.FAKE005.severity = none\n") },
            },
        }.RunAsync();

    [Fact]
    public Task Options_reach_the_analyzer() =>
        new CSharpVerifier<ConfiguredAnalyzer>.Test
        {
            TestState =
            {
                Sources = { "class C { int bad, [|worse|]; }" },
                AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\nfake.bad_name = worse\n") },
            },
        }.RunAsync();

    [Fact]
    public Task Additional_files_reach_the_analyzer() =>
        new CSharpVerifier<ConfiguredAnalyzer>.Test
        {
            TestState = { Sources = { "class C { int bad, [|worst|]; }" }, AdditionalFiles = { ("/BadNames.txt", "worst") } },
        }.RunAsync();

    [Fact]
    public Task Solution_is_transformed() =>
        new VerifyCS.Test
        {
            TestCode = "#if EXTRA\nclass C { int [|bad|]; }\n#endif",
            SolutionTransforms =
            {
                (solution, project) => solution.WithProjectParseOptions(
                    project, new CSharpParseOptions(LanguageVersion.Latest, preprocessorSymbols: ["EXTRA"])),
            },
        }.RunAsync();

    [Fact]
    public Task Test_without_a_source_is_rejected() => Rejected.ByAsync(() => new VerifyCS.Test().RunAsync(), "The test has no source");

    [Fact]
    public void Fixed_state_inherits_what_it_does_not_set()
    {
        SolutionState test = new("P", "/0/Test", "cs") { Sources = { "a" }, AnalyzerConfigFiles = { ("/.editorconfig", "root = true") } };
        test.AdditionalProjects["Other"].Sources.Add("b");
        test.ExpectedDiagnostics.Add(new DiagnosticResult("FAKE001", DiagnosticSeverity.Warning));
        test.ExpectedDiagnostics.Add(new DiagnosticResult("FAKE002", DiagnosticSeverity.Warning));
        SolutionState inherited = new SolutionState("P", "/0/Test", "cs") { Sources = { "c" } }
            .Inherit(test.Inherit(null, ImmutableHashSet<string>.Empty), ImmutableHashSet.Create("FAKE001"));

        Assert.Equal("c", Assert.Single(inherited.Sources).content.ToString());
        Assert.Single(inherited.AnalyzerConfigFiles);
        Assert.Single(inherited.AdditionalProjects["Other"].Sources);
        Assert.Equal("FAKE002", Assert.Single(inherited.ExpectedDiagnostics).Id);
        Assert.Equal(MarkupMode.IgnoreFixable, inherited.MarkupHandling);
    }
}
