using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<
    BufferLifetime.Analyzers.Tests.VerificationTests.Fakes.BadNameAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class CompilerVerificationTests
{
    [Fact]
    public Task Compiler_error_that_is_not_listed_is_rejected() =>
        Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync("class C { Missing x; }"), "not expected: CS0246");

    [Fact]
    public Task Compiler_error_is_marked() => VerifyCS.VerifyAnalyzerAsync("class C { {|CS0246:Missing|} x; }");

    [Fact]
    public Task Compiler_error_is_listed() =>
        VerifyCS.VerifyAnalyzerAsync(
            "class C { {|#0:Missing|} x; }", VerifyCS.CompilerError("CS0246").WithLocation(0).WithArguments("Missing"));

    [Fact]
    public Task Compiler_error_with_another_argument_is_rejected() =>
        Rejected.ByAsync(
            () => VerifyCS.VerifyAnalyzerAsync(
                "class C { {|#0:Missing|} x; }", VerifyCS.CompilerError("CS0246").WithLocation(0).WithArguments("Other")),
            "the message is");

    [Fact]
    public Task Errors_of_declarations_and_bodies_are_both_seen() =>
        VerifyCS.VerifyAnalyzerAsync("class C { {|CS0246:Missing|} x; int M() => {|CS0103:missing|}; }");

    [Fact]
    public Task Compiler_errors_are_not_looked_at_when_the_test_says_so() =>
        new VerifyCS.Test { TestCode = "class C { Missing [|bad|]; }", CompilerDiagnostics = CompilerDiagnostics.None }.RunAsync();

    [Fact]
    public Task Error_that_only_emitting_finds_is_rejected() =>
        Rejected.ByAsync(() => VerifyCS.VerifyAnalyzerAsync($"class {new string('C', 2000)} {{ }}"), "CS7013");

    [Fact]
    public Task Warnings_count_when_the_test_says_so() =>
        new VerifyCS.Test
        {
            TestCode = "class C { void M() { int {|CS0168:x|}; } }",
            CompilerDiagnostics = CompilerDiagnostics.Warnings,
        }.RunAsync();

    [Fact]
    public Task Warning_that_is_not_listed_is_rejected_when_the_test_says_so() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test
            {
                TestCode = "class C { void M() { int x; } }",
                CompilerDiagnostics = CompilerDiagnostics.Warnings,
            }.RunAsync(),
            "not expected: CS0168");

    [Fact]
    public Task Suggestions_count_when_the_test_says_so() =>
        new VerifyCS.Test { TestCode = "{|CS8019:using System;|}\nclass C { }", CompilerDiagnostics = CompilerDiagnostics.All }.RunAsync();

    [Fact]
    public Task Fixed_code_with_a_new_error_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, ClashingFix>.VerifyCodeFixAsync(
                "class C { int taken, [|bad|]; }", "class C { int taken, taken; }"),
            "Diagnostics of the fixed state",
            "not expected: CS0102");

    [Fact]
    public Task Fixed_code_with_a_new_error_is_accepted_when_it_is_marked() =>
        CSharpVerifier<BadNameAnalyzer, ClashingFix>.VerifyCodeFixAsync(
            "class C { int taken, [|bad|]; }", "class C { int taken, {|CS0102:taken|}; }");

    [Fact]
    public Task Fixed_code_with_a_new_warning_is_rejected() =>
        Rejected.ByAsync(
            () => CSharpVerifier<BadNameAnalyzer, WarningFix>.VerifyCodeFixAsync(
                "class C { public string [|bad|] = \"\"; }", "class C { public string good = null; }"),
            "the fix brings a new compiler diagnostic",
            "CS8625");

    [Fact]
    public Task Unsafe_code_compiles() => VerifyCS.VerifyAnalyzerAsync("unsafe class C { int* [|bad|]; }");

    [Fact]
    public Task Library_and_pipelines_are_referenced() =>
        VerifyCS.VerifyAnalyzerAsync("class C { BufferLifetime.TransferDirection [|bad|]; System.IO.Pipelines.PipeReader? good; }");

    [Fact]
    public Task Library_is_left_out_when_the_test_says_so() =>
        new VerifyCS.Test
        {
            TestCode = "class C { {|CS0246:BufferLifetime|}.TransferDirection x; System.Memory<byte> y; }",
            ReferenceAssemblies = ReferenceAssemblies.Net100WithoutRuntime,
        }.RunAsync();

    [Fact]
    public Task Framework_is_left_out_when_the_test_says_so() =>
        Rejected.ByAsync(
            () => new VerifyCS.Test { TestCode = "class C { }", ReferenceAssemblies = ReferenceAssemblies.None }.RunAsync(),
            "CS0518: Predefined type 'System.Object' is not defined");

    [Fact]
    public Task Language_version_is_the_one_asked_for() =>
        new VerifyCS.Test { TestCode = "{|CS8773:namespace|} N;", LanguageVersion = LanguageVersion.CSharp9 }.RunAsync();

    [Fact]
    public Task Program_compiles_when_the_test_says_so() =>
        new VerifyCS.Test { TestState = { Sources = { "int [|bad|] = 1;" }, OutputKind = OutputKind.ConsoleApplication } }.RunAsync();
}
